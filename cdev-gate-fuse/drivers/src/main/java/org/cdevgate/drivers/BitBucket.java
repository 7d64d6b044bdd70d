package org.cdevgate.drivers;

import java.nio.ByteBuffer;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.OpenFile;

/**
 * Takes all that is written; reads are empty, as of /dev/null, or full of zeros, as of /dev/zero.
 */
public final class BitBucket implements FileOperations {
    private final boolean zeros;

    /**
     * @param zeros whether reads give zeros and not the end of a file
     */
    public BitBucket(boolean zeros) {
        this.zeros = zeros;
    }

    @Override
    public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
        if (!zeros) {
            return 0;
        }
        int count = dst.remaining();
        dst.put(new byte[count]);
        return count;
    }

    @Override
    public int write(OpenFile file, ByteBuffer src, long position, Call call) {
        return src.remaining();
    }
}
