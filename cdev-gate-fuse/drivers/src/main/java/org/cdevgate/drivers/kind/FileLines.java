package org.cdevgate.drivers.kind;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The lines of a file that was read as a whole. For one thread at a time. */
final class FileLines implements LineSource {
    private final List<byte[]> lines = new ArrayList<>();
    private final boolean again;
    private int next;

    /**
     * @param again whether the first line comes after the last
     */
    FileLines(byte[] content, boolean again) {
        this.again = again;
        int begin = 0;
        for (int i = 0; i < content.length; i++) {
            if (content[i] == '\n' || i + 1 == content.length) {
                lines.add(Arrays.copyOfRange(content, begin, i + 1));
                begin = i + 1;
            }
        }
    }

    @Override
    public byte @Nullable [] peek() {
        return isOver() ? null : lines.get(next);
    }

    @Override
    public void next() {
        next++;
        if (again && next == lines.size()) {
            next = 0;
        }
    }

    @Override
    public boolean isOver() {
        return next == lines.size();
    }

    @Override
    public int longest() {
        return lines.stream().mapToInt(each -> each.length).max().orElse(0);
    }
}
