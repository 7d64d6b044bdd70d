package org.cdevgate.fuse.session;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads small files even when the process may have no more descriptors, by a descriptor that is
 * kept for that: it is closed for the time of the reading. For one thread; another thread may be
 * faster to take what was freed, so the caller tries again.
 */
final class SpareDescriptor {
    private static final String NOTHING = "/dev/null";
    private static final int MAX_BYTES = 8192;

    private @Nullable FileInputStream spare;

    /** Takes a descriptor to keep; without one this reads like anybody else. */
    SpareDescriptor() {
        keep();
    }

    private void keep() {
        try {
            spare = new FileInputStream(NOTHING);
        } catch (IOException e) {
            spare = null; // tried again after the next reading
        }
    }

    /**
     * Reads a file of procfs.
     *
     * @throws IOException if it cannot be read
     */
    String read(String path) throws IOException {
        if (spare != null) {
            try {
                return readAll(path);
            } catch (IOException e) {
                spare.close(); // and once more, in case that there was no descriptor
            }
        }
        try {
            return readAll(path);
        } finally {
            keep();
        }
    }

    /** Gives it up; closing what was never written to cannot fail. */
    void close() {
        try {
            if (spare != null) {
                spare.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String readAll(String path) throws IOException {
        try (FileInputStream in = new FileInputStream(path)) {
            return new String(in.readNBytes(MAX_BYTES), StandardCharsets.US_ASCII);
        }
    }
}
