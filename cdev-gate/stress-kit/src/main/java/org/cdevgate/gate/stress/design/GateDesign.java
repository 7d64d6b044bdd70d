package org.cdevgate.gate.stress.design;

import java.nio.ByteBuffer;
import java.time.Duration;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.IoctlCommand;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;
import org.cdevgate.gate.front.Caller;
import org.cdevgate.gate.removal.RemovalOutcome;

/** {@link FopsGate}, to compare with; and an example of a design. */
public final class GateDesign implements Design {
    private static final int COMMAND = IoctlCommand.io('c', 1);

    /** The library's. */
    public GateDesign() {}

    @Override
    public String name() {
        return "this gate";
    }

    @Override
    public ModelDevice register(int minor, ModelDriver driver) {
        return new GatedDevice(minor, driver);
    }

    private static class GatedDevice implements ModelDevice, FileOperations {
        private final ModelDriver driver;
        private final FopsGate gate;
        private final WaitQueue queue = new WaitQueue("events");

        GatedDevice(int minor, ModelDriver driver) {
            this.driver = driver;
            gate =
                    FopsGate.builder("device" + minor, this)
                            .wakeHook(driver::wake)
                            .onTeardown(driver::tearDown)
                            .build();
        }

        // as processes and the driver's remove() see it

        @Override
        public ModelFile open() {
            try {
                return new File(gate.front().open(0, Caller.local()));
            } catch (ErrnoException e) {
                return null; // ENODEV
            }
        }

        @Override
        public boolean isRemoving() {
            return gate.isRemoving();
        }

        @Override
        public void remove() {
            gate.unregisterSync();
        }

        @Override
        public String removeWithin(Duration limit) {
            RemovalOutcome outcome = gate.unregisterSync(limit);
            return outcome.isRemoved() ? null : outcome.report().toString();
        }

        @Override
        public boolean hasWaitQueues() {
            return true;
        }

        /** The device as one call sees it. */
        private final class During implements ModelDevice {
            private final Call call;

            During(Call call) {
                this.call = call;
            }

            @Override
            public boolean sleep(Event event) throws InterruptedException {
                event.whenItComes(queue::wakeUp);
                try {
                    call.await(queue, event::hasCome);
                    return true;
                } catch (ErrnoException e) {
                    return false; // the removal's answer
                }
            }

            @Override
            public ModelFile open() {
                return GatedDevice.this.open();
            }

            @Override
            public boolean isRemoving() {
                return call.isRemoving();
            }

            @Override
            public void remove() {
                GatedDevice.this.remove();
            }

            @Override
            public boolean hasWaitQueues() {
                return true;
            }
        }

        private final class File implements ModelFile {
            private final OpenFile file;

            File(OpenFile file) {
                this.file = file;
            }

            @Override
            public int call(Op op) {
                ByteBuffer data = ByteBuffer.allocate(op == Op.IOCTL ? 0 : 1);
                Caller caller = Caller.local();
                try {
                    return switch (op) {
                        case READ -> gate.front().read(file, data, 0, caller);
                        case WRITE -> gate.front().write(file, data.asReadOnlyBuffer(), 0, caller);
                        case IOCTL -> gate.front().ioctl(file, COMMAND, 0, data, caller);
                        case POLL ->
                                (gate.front().poll(file, caller, null) & PollEvents.POLLERR) == 0
                                        ? 0
                                        : Cast.ENODEV;
                    };
                } catch (ErrnoException e) {
                    return -e.errno();
                }
            }

            @Override
            public void close() {
                gate.front().close(file);
            }
        }

        // as the driver of the gate

        private int run(Op op, OpenFile file, Call call)
                throws ErrnoException, InterruptedException {
            int answer = driver.call(op, new During(call), new File(file));
            if (answer < 0) {
                throw ErrnoException.of(-answer);
            }
            return answer;
        }

        @Override
        public int read(OpenFile file, ByteBuffer dst, long position, Call call)
                throws ErrnoException, InterruptedException {
            return run(Op.READ, file, call);
        }

        @Override
        public int write(OpenFile file, ByteBuffer src, long position, Call call)
                throws ErrnoException, InterruptedException {
            return run(Op.WRITE, file, call);
        }

        @Override
        public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call)
                throws ErrnoException, InterruptedException {
            return run(Op.IOCTL, file, call);
        }

        @Override
        public int poll(OpenFile file, Call call) throws ErrnoException, InterruptedException {
            return run(Op.POLL, file, call);
        }

        @Override
        public void release(OpenFile file, Call call) {
            driver.release(new File(file));
        }
    }
}
