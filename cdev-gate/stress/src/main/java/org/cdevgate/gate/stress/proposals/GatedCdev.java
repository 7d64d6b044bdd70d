package org.cdevgate.gate.stress.proposals;

import java.nio.ByteBuffer;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.IoctlCommand;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.Caller;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;

/** The same device behind the real gate. */
final class GatedCdev implements Cdev, FileOperations {
    private static final int COMMAND = IoctlCommand.io('c', 1);

    private final Driver driver;
    private final FopsGate gate;

    GatedCdev(int minor, Driver driver) {
        this.driver = driver;
        gate =
                FopsGate.builder("misc" + minor, this)
                        .wakeHook(driver::wake)
                        .onTeardown(driver::tearDown)
                        .build();
    }

    private final class File implements Descriptor {
        private final OpenFile file;

        File(OpenFile file) {
            this.file = file;
        }

        @Override
        public int read() {
            try {
                return gate.read(file, ByteBuffer.allocate(1), 0, Caller.local());
            } catch (ErrnoException e) {
                return -e.errno();
            }
        }

        @Override
        public int ioctl() {
            try {
                return gate.ioctl(file, COMMAND, 0, ByteBuffer.allocate(0), Caller.local());
            } catch (ErrnoException e) {
                return -e.errno();
            }
        }
    }

    @Override
    public Descriptor open() {
        try {
            return new File(gate.open(0, Caller.local()));
        } catch (ErrnoException e) {
            return null; // ENODEV
        }
    }

    @Override
    public int read(OpenFile file, ByteBuffer dst, long position, Call call) throws ErrnoException {
        int answer = Answers.read(driver, this, new File(file));
        if (answer < 0) {
            throw ErrnoException.of(-answer);
        }
        return answer;
    }

    @Override
    public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call)
            throws ErrnoException {
        int answer = driver.ioctl();
        if (answer < 0) {
            throw ErrnoException.of(-answer);
        }
        return answer;
    }

    @Override
    public boolean isRemoving() {
        return gate.isRemoving();
    }

    @Override
    public void remove() {
        gate.unregisterSync();
    }
}
