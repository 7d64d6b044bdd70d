package org.cdevgate.fuse.driver;

import java.nio.ByteBuffer;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.OpenFile;

/** Gives each open file the same letters, then the end. Allows whatever it is asked for. */
public final class LetterDriver extends CountingDriver {
    /** How many letters there are: more than a page, and no multiple of one. */
    public static final int COUNT = 10_000;

    private static final class Position {
        private int taken; // guarded by this
    }

    /** The letter at a place. */
    public static char letterAt(int place) {
        return (char) ('a' + place % 26);
    }

    @Override
    public int open(OpenFile file, Call call) throws ErrnoException {
        file.setPrivateData(new Position());
        return super.open(file, call);
    }

    @Override
    public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
        Position at = file.privateData(Position.class);
        synchronized (at) {
            int count = Math.min(dst.remaining(), COUNT - at.taken);
            for (int i = 0; i < count; i++) {
                dst.put((byte) letterAt(at.taken++));
            }
            return count;
        }
    }

    @Override
    public int mmap(OpenFile file, long offset, long length, Call call) {
        return 0;
    }
}
