package org.cdevgate.fuse.faults.server;

import java.nio.ByteBuffer;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.IoctlCommand;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.OpenFile;

/**
 * A driver whose every answer with data shows the device's generation, so that a client that
 * reaches another device with an old descriptor sees it.
 */
abstract class StampedDriver implements FileOperations {
    /** ioctl: the generation. */
    static final int IDENTIFY = IoctlCommand.ior('F', 1, 8);

    /** ioctl: sleeps until there is something to do. */
    static final int WAIT = IoctlCommand.io('F', 2);

    /** ioctl: 64 bytes come back, the first 8 replaced by the generation. */
    static final int ECHO = IoctlCommand.iowr('F', 3, 64);

    /** Bytes of a word of data. */
    static final int WORD = Long.BYTES;

    private final long generation;

    StampedDriver(long generation) {
        this.generation = generation;
    }

    /** The hardware does something: data comes, space frees, an event happens. */
    void tick() {}

    /** For the gate's wake hook: those who sleep in the driver's own way are to go. */
    void wakeOwnSleepers() {}

    /** What is shown. */
    long shown() {
        return generation;
    }

    final int stamp(ByteBuffer dst, int words) {
        for (int i = 0; i < words; i++) {
            dst.putLong(i * WORD, shown());
        }
        return words * WORD;
    }

    /** The commands that do not sleep. */
    final int quickIoctl(int command, ByteBuffer data) throws ErrnoException {
        if (command == IDENTIFY || command == ECHO) {
            data.putLong(0, shown());
            return 0;
        }
        throw Errno.ENOTTY.exception();
    }

    @Override
    public int fsync(OpenFile file, boolean dataOnly, Call call)
            throws ErrnoException, java.io.IOException, InterruptedException {
        return 0;
    }
}
