package org.cdevgate.fuse.mount;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The mounts of this process's namespace at one moment. Reading it calls into no filesystem, so it
 * is safe while a mount does not answer.
 */
final class MountTable {
    private static final Path SOURCE = Path.of("/proc/self/mountinfo");

    private final List<MountEntry> entries;

    private MountTable(List<MountEntry> entries) {
        this.entries = entries;
    }

    static MountTable read() throws IOException {
        try (Source source = new Source()) { // not Files: an interrupt would end the reading
            return source.read();
        }
    }

    /**
     * Can be read again and again without another descriptor, for when there is none any more; a
     * seek to the start makes the kernel list the mounts anew.
     */
    static final class Source implements Closeable {
        private final RandomAccessFile file;

        Source() throws IOException {
            file = new RandomAccessFile(SOURCE.toFile(), "r");
        }

        synchronized MountTable read() throws IOException {
            file.seek(0);
            ByteArrayOutputStream table = new ByteArrayOutputStream();
            byte[] part = new byte[8192];
            for (int length; (length = file.read(part)) > 0; ) {
                table.write(part, 0, length);
            }
            return parse(table.toByteArray());
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    static MountTable parse(byte[] table) {
        List<MountEntry> entries = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < table.length; i++) {
            if (table[i] == '\n') {
                entries.add(MountEntry.parse(Arrays.copyOfRange(table, start, i)));
                start = i + 1;
            }
        }
        return new MountTable(entries);
    }

    /** Returns the uppermost mount at exactly this path: the one that a path walk ends in. */
    Optional<MountEntry> topAt(Path path) {
        // A mount stands behind the one that it covers.
        return entries.stream().filter(entry -> entry.isAt(path)).reduce((lower, upper) -> upper);
    }

    /** Returns the mounts at exactly this path, the uppermost last. */
    List<MountEntry> allAt(Path path) {
        return entries.stream().filter(entry -> entry.isAt(path)).toList();
    }

    /** Returns whether a path walk crosses into another filesystem at this path. */
    boolean isMountPoint(Path path) {
        return entries.stream().anyMatch(entry -> entry.isAt(path));
    }

    /** Returns the entry of a mount that was seen before, wherever it is now. */
    Optional<MountEntry> find(MountEntry earlier) {
        return entries.stream().filter(entry -> entry.isSameMount(earlier)).findFirst();
    }
}
