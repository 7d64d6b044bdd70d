package org.cdevgate.fuse.faults.server;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.GateBuilder;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;

/** A device of the {@link AttackServer}; its kinds are the drivers that stand below. */
abstract class AttackedDevice implements FileOperations {
    private static final long DISK_BYTES = 1 << 20;

    /** Never woken but by the removal. */
    final WaitQueue empty = new WaitQueue("empty");

    private final AtomicInteger open = new AtomicInteger();
    private volatile boolean touched;
    private String name;
    private FopsGate gate;

    /** A device of a kind, with a gate. */
    static AttackedDevice of(String name, String kind, String number) {
        AttackedDevice device =
                switch (kind) {
                    case "complement" -> new Complement();
                    case "slow" -> new Slow(Integer.parseInt(number));
                    case "deaf" -> new Deaf();
                    case "parking" -> new Parking();
                    case "mailbox" -> new FullMailbox();
                    case "deep" -> new Deep();
                    case "disk" -> new Disk();
                    case "pages" -> new SlowPages();
                    default -> throw new IllegalArgumentException("no kind of device: " + kind);
                };
        GateBuilder builder = FopsGate.builder(name, device);
        if (device instanceof Disk) {
            builder.seekable(() -> DISK_BYTES);
        }
        device.name = name;
        device.gate = builder.build();
        return device;
    }

    String name() {
        return name;
    }

    FopsGate gate() {
        return gate;
    }

    boolean isClosed() {
        return open.get() == 0;
    }

    /** A page of a mapping is waited for. */
    final void touched() {
        touched = true;
    }

    boolean isTouched() {
        return touched;
    }

    @Override
    public int open(OpenFile file, Call call) {
        open.incrementAndGet();
        return 0;
    }

    @Override
    public void release(OpenFile file, Call call) {
        open.decrementAndGet();
    }

    /** Answers with the complement of what it is asked, so that each answer is its question's. */
    private static final class Complement extends AttackedDevice {
        @Override
        public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call) {
            data.putLong(0, ~data.getLong(0));
            return 0;
        }
    }

    /** Takes some time for each ioctl, and its thread with it. */
    private static final class Slow extends AttackedDevice {
        private final int millis;

        Slow(int millis) {
            this.millis = millis;
        }

        @Override
        public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call)
                throws InterruptedException {
            Thread.sleep(millis);
            return 0;
        }
    }

    /** Takes as many milliseconds as its caller says, and hears no interrupt. */
    private static final class Deaf extends AttackedDevice {
        @Override
        public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call) {
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(argument);
            boolean interrupted = false;
            for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
                try {
                    TimeUnit.NANOSECONDS.sleep(left);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            return 0;
        }
    }

    /** Its reads park their thread until the removal. */
    private static final class Parking extends AttackedDevice {
        @Override
        public int read(OpenFile file, ByteBuffer dst, long position, Call call)
                throws ErrnoException {
            call.await(empty, () -> false);
            return 0;
        }

        @Override
        public int poll(OpenFile file, Call call) {
            call.pollWait(empty);
            return 0;
        }
    }

    /** Its writes sleep without a thread until the removal. */
    private static final class FullMailbox extends AttackedDevice {
        @Override
        public int write(OpenFile file, ByteBuffer src, long position, Call call) {
            return call.wouldBlock(empty);
        }
    }

    /** Calls itself as often as its caller says, and sleeps a moment down there. */
    private static final class Deep extends AttackedDevice {
        @Override
        public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call)
                throws ErrnoException {
            return descend(argument, call) > 0 ? 0 : 1;
        }

        private int descend(long depth, Call call) throws ErrnoException {
            if (depth > 0) {
                return descend(depth - 1, call) + 1;
            }
            call.await(empty, () -> false, 1, TimeUnit.MILLISECONDS);
            return 1;
        }
    }

    /** Seekable, and full of zeros. */
    private static class Disk extends AttackedDevice {
        @Override
        public int read(OpenFile file, ByteBuffer dst, long position, Call call)
                throws ErrnoException {
            int bytes = (int) Math.min(dst.remaining(), Math.max(0, DISK_BYTES - position));
            dst.put(new byte[bytes]);
            return bytes;
        }

        @Override
        public int write(OpenFile file, ByteBuffer src, long position, Call call) {
            return src.remaining();
        }

        @Override
        public int mmap(OpenFile file, long offset, long length, Call call) {
            return 0;
        }
    }

    /** Can be mapped, but its pages do not come until the removal. */
    private static final class SlowPages extends Disk {
        @Override
        public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
            touched();
            return call.wouldBlock(empty);
        }
    }
}
