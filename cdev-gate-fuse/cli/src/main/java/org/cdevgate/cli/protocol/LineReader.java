package org.cdevgate.cli.protocol;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads lines of UTF-8, of which none may be longer than a bound. For one thread. */
public final class LineReader {
    private final InputStream in;
    private final int most;
    private final byte[] buffer = new byte[8192];
    private int at;
    private int end;

    /**
     * @param most bytes of a line, without its end
     */
    public LineReader(InputStream in, int most) {
        this.in = in;
        this.most = most;
    }

    /**
     * The next line; one that nothing ends is the last.
     *
     * @return null at the end
     * @throws Refusal if it is too long; the next call reads the line after it
     */
    public @Nullable String next() throws IOException, Refusal {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        boolean any = false;
        boolean tooLong = false;
        for (int c = read(); c >= 0; c = read()) {
            any = true;
            if (c == '\n') {
                break;
            }
            if (line.size() < most) {
                line.write(c);
            } else {
                tooLong = true;
            }
        }
        if (tooLong) {
            String beginning = line.toString(StandardCharsets.UTF_8);
            throw new Refusal(
                    Refusal.Code.TOO_LONG,
                    "the line that begins "
                            + Refusal.quoted(beginning)
                            + " is longer than "
                            + most
                            + " bytes; make it shorter");
        }
        return any ? line.toString(StandardCharsets.UTF_8) : null;
    }

    private int read() throws IOException {
        if (at == end) {
            at = 0;
            end = Math.max(0, in.read(buffer));
            if (end == 0) {
                return -1;
            }
        }
        return buffer[at++] & 0xff;
    }
}
