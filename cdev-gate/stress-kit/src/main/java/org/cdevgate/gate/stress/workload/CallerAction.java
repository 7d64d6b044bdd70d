package org.cdevgate.gate.stress.workload;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.cdevgate.abi.IoctlCommand;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.front.Caller;

/** What processes do with a node. Descriptors are shared by all of them. */
public enum CallerAction implements Action {
    /** open(2), on a device that may vanish meanwhile. */
    OPEN {
        @Override
        public void run(StressWorker worker) {
            StressedDevice device = worker.run().device(worker.dice());
            if (device == null) {
                worker.run().counts().add("open: ENOENT");
                LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(100)); // not a busy loop
                return;
            }
            OpenFile[] file = new OpenFile[1];
            int flags = flags(worker.dice());
            long result =
                    Syscalls.call(
                            worker,
                            device,
                            null,
                            Verb.OPEN,
                            () -> {
                                file[0] = device.gate().front().open(flags, Caller.local());
                                return 0;
                            });
            if (result == 0) {
                worker.run().keep(new Opened(device, file[0]), worker);
            }
        }
    },
    /** open(2) by a caller that sleeps without a thread. */
    THREADLESS_OPEN {
        @Override
        public void run(StressWorker worker) {
            StressedDevice device = worker.run().device(worker.dice());
            if (device != null) {
                OpenFile file = device.gate().front().newFile(flags(worker.dice()), new Front());
                Opened opened = new Opened(device, file);
                new ThreadlessCall(
                                worker.run(),
                                opened,
                                Verb.OPEN,
                                caller -> device.gate().front().open(file, caller))
                        .run(worker);
            }
        }
    },
    /** close(2); the last call on the file may still run. */
    CLOSE {
        @Override
        public void run(StressWorker worker) {
            Opened opened = worker.run().take(worker.dice());
            if (opened != null) {
                opened.done(worker);
            }
        }
    },
    /** read(2). */
    READ {
        @Override
        void use(StressWorker worker, Opened opened) {
            ByteBuffer dst = worker.buffer(size(worker));
            long position = position(worker.dice());
            call(
                    worker,
                    opened,
                    Verb.READ,
                    caller -> opened.gate().front().read(opened.file, dst, position, caller));
        }
    },
    /** write(2). */
    WRITE {
        @Override
        void use(StressWorker worker, Opened opened) {
            ByteBuffer src = scribble(worker.buffer(size(worker)), worker.dice());
            long position = position(worker.dice());
            call(
                    worker,
                    opened,
                    Verb.WRITE,
                    caller ->
                            opened.gate()
                                    .front()
                                    .write(opened.file, readOnly(src), position, caller));
        }
    },
    /** ioctl(2) with a command of the plan's, now and then with one that nobody knows. */
    IOCTL {
        @Override
        void use(StressWorker worker, Opened opened) {
            Dice dice = worker.dice();
            int[] known = worker.run().plan().ioctls;
            int command =
                    known.length == 0 || dice.oneIn(32)
                            ? IoctlCommand.iowr(0xff, dice.below(256), dice.below(64))
                            : known[dice.below(known.length)];
            long argument = dice.bits();
            ByteBuffer data = worker.buffer(IoctlCommand.size(command));
            if (IoctlCommand.inSize(command) > 0) {
                scribble(data, dice);
            } else {
                data.put(new byte[data.limit()]).flip();
            }
            call(
                    worker,
                    opened,
                    Verb.IOCTL,
                    caller ->
                            opened.gate()
                                    .front()
                                    .ioctl(opened.file, command, argument, data, caller));
        }
    },
    /** poll(2), by somebody who goes on waiting. */
    POLL {
        @Override
        void use(StressWorker worker, Opened opened) {
            StressPoller poller = new StressPoller();
            long events =
                    Syscalls.call(
                            worker,
                            opened.device,
                            opened.file,
                            Verb.POLL,
                            () -> opened.gate().front().poll(opened.file, Caller.local(), poller));
            if ((events & PollEvents.POLLERR) != 0) {
                poller.stop();
            } else {
                opened.device.pollers.add(poller);
                opened.waitsInPoll(poller);
            }
            opened.done(worker);
        }
    },
    /** lseek(2). */
    LLSEEK {
        @Override
        void use(StressWorker worker, Opened opened) {
            long offset = position(worker.dice());
            int whence = worker.dice().below(5);
            call(
                    worker,
                    opened,
                    Verb.LLSEEK,
                    caller -> opened.gate().front().llseek(opened.file, offset, whence, caller));
        }
    },
    /** fsync(2) and fdatasync(2). */
    FSYNC {
        @Override
        void use(StressWorker worker, Opened opened) {
            boolean dataOnly = worker.dice().oneIn(2);
            call(
                    worker,
                    opened,
                    Verb.FSYNC,
                    caller -> opened.gate().front().fsync(opened.file, dataOnly, caller));
        }
    },
    /** close(2) of one of several descriptors. */
    FLUSH {
        @Override
        void use(StressWorker worker, Opened opened) {
            call(
                    worker,
                    opened,
                    Verb.FLUSH,
                    caller -> opened.gate().front().flush(opened.file, caller));
        }
    },
    /** mmap(2). */
    MMAP {
        @Override
        void use(StressWorker worker, Opened opened) {
            long offset = 4096L * worker.dice().below(16);
            call(
                    worker,
                    opened,
                    Verb.MMAP,
                    caller -> opened.gate().front().mmap(opened.file, offset, 4096, caller));
        }
    },
    /** read(2) by a caller that sleeps without a thread. */
    THREADLESS_READ {
        @Override
        void use(StressWorker worker, Opened opened) {
            int size = size(worker);
            long position = position(worker.dice());
            // Not the worker's buffer: another worker may run the verb again.
            ByteBuffer dst = ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
            threadless(
                    worker,
                    opened,
                    Verb.READ,
                    caller -> opened.gate().front().read(opened.file, dst, position, caller));
        }
    },
    /** write(2) by a caller that sleeps without a thread. */
    THREADLESS_WRITE {
        @Override
        void use(StressWorker worker, Opened opened) {
            ByteBuffer src = scribble(ByteBuffer.allocate(size(worker)), worker.dice());
            long position = position(worker.dice());
            threadless(
                    worker,
                    opened,
                    Verb.WRITE,
                    caller ->
                            opened.gate()
                                    .front()
                                    .write(opened.file, readOnly(src), position, caller));
        }
    },
    /** A signal takes a request back that sleeps without a thread. */
    TAKE_BACK {
        @Override
        void use(StressWorker worker, Opened opened) {
            for (Asleep sleeper : opened.device.asleep) {
                if (sleeper.takeBack()) {
                    worker.run().counts().add("without thread: taken back");
                    sleeper.call().answered(worker, -1);
                    break;
                }
            }
            opened.done(worker);
        }
    };

    @Override
    public void run(StressWorker worker) {
        Opened opened = worker.run().borrow(worker.dice());
        if (opened != null) {
            use(worker, opened);
        }
    }

    /** Uses a borrowed file and ends the use. */
    void use(StressWorker worker, Opened opened) {
        throw new AssertionError(name() + " overrides run or use");
    }

    private static void call(
            StressWorker worker, Opened opened, Verb verb, ThreadlessCall.Body body) {
        Syscalls.call(worker, opened.device, opened.file, verb, () -> body.run(Caller.local()));
        opened.done(worker);
    }

    private static void threadless(
            StressWorker worker, Opened opened, Verb verb, ThreadlessCall.Body body) {
        new ThreadlessCall(worker.run(), opened, verb, body).run(worker);
    }

    private static int flags(Dice dice) {
        return OpenFlags.O_RDWR | (dice.oneIn(4) ? OpenFlags.O_NONBLOCK : 0);
    }

    private static int size(StressWorker worker) {
        return worker.dice().below(worker.run().plan().mostBytes + 1);
    }

    private static long position(Dice dice) {
        return dice.below(1L << 16);
    }

    private static ByteBuffer scribble(ByteBuffer buffer, Dice dice) {
        for (int at = 0; at + Long.BYTES <= buffer.limit(); at += Long.BYTES) {
            buffer.putLong(at, dice.bits());
        }
        return buffer;
    }

    private static ByteBuffer readOnly(ByteBuffer buffer) {
        return buffer.duplicate()
                .clear()
                .limit(buffer.limit())
                .asReadOnlyBuffer()
                .order(ByteOrder.nativeOrder());
    }
}
