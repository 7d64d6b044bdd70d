package org.cdevgate.drivers;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.drivers.spec.InvalidSpecException;
import org.cdevgate.drivers.spec.Quantity;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plays a dialogue from a text file, one step a line, the same for each open file:
 *
 * <pre>
 *   # a modem
 *   expect AT\r
 *   wait 20ms
 *   answer \r\nOK\r\n
 *   end
 * </pre>
 *
 * {@code expect} takes these bytes by one or several writes; {@code answer} gives them to one or
 * several reads; {@code wait} lets the next answer be late; {@code end} is the end of the file for
 * reads from there on. {@code \n}, {@code \r}, {@code \t}, {@code \\} and {@code \xNN} stand for
 * bytes. After the last step reads sleep. A write of other bytes gets EIO, and the log says which
 * line expected what.
 */
public final class ScriptedDevice implements FileOperations {
    private static final Logger LOG = LoggerFactory.getLogger(ScriptedDevice.class);

    private enum Kind {
        EXPECT,
        ANSWER,
        WAIT,
        END
    }

    private static final String LETTERS = "nrt\\";
    private static final String ESCAPED = "\n\r\t\\";

    /** Text, an escape, or a backslash with what follows it, which is neither. */
    private static final Pattern PART =
            Pattern.compile(
                    "(?<plain>[^\\\\]+)|\\\\(?:(?<letter>[nrt\\\\])|x(?<digits>[0-9a-fA-F]{2})|(?:x.{0,2}|.?))");

    /** A line that is none of the blank ones. */
    private static final class Step {
        private final int line;
        private final Kind kind;
        private final byte[] bytes; // null: it has none
        private final Duration time; // null: it has none

        Step(int line, Kind kind, byte[] bytes, Duration time) {
            this.line = line;
            this.kind = kind;
            this.bytes = bytes;
            this.time = time;
        }

        int line() {
            return line;
        }

        Kind kind() {
            return kind;
        }

        byte[] bytes() {
            return bytes;
        }

        Duration time() {
            return time;
        }
    }

    private final String name;
    private final List<Step> steps;

    private ScriptedDevice(String name, List<Step> steps) {
        this.name = name;
        this.steps = steps;
    }

    /**
     * Reads a script.
     *
     * @throws IOException if the file cannot be read
     * @throws InvalidSpecException names file and line of what is no step
     */
    public static ScriptedDevice read(Path file) throws IOException {
        return parse(file.toString(), Files.readAllLines(file));
    }

    static ScriptedDevice parse(String name, List<String> lines) {
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            String at = name + ":" + (i + 1) + ": ";
            String[] words = line.split("\\s+", 2);
            String rest = words.length == 2 ? words[1] : "";
            steps.add(
                    switch (words[0]) {
                        case "expect" -> new Step(i + 1, Kind.EXPECT, bytes(at, rest), null);
                        case "answer" -> new Step(i + 1, Kind.ANSWER, bytes(at, rest), null);
                        case "wait" ->
                                new Step(
                                        i + 1,
                                        Kind.WAIT,
                                        null,
                                        Quantity.duration(at + "wait", rest));
                        case "end" -> new Step(i + 1, Kind.END, null, null);
                        default ->
                                throw new InvalidSpecException(
                                        at
                                                + words[0]
                                                + " is no step; there are expect, answer, wait,"
                                                + " end");
                    });
        }
        return new ScriptedDevice(name, List.copyOf(steps));
    }

    private static byte[] bytes(String at, String text) {
        if (text.isEmpty()) {
            throw new InvalidSpecException(at + "no bytes; give some after the word: answer OK\\r");
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Matcher part = PART.matcher(text);
        while (part.find()) {
            String plain = part.group("plain");
            String letter = part.group("letter");
            String digits = part.group("digits");
            if (plain != null) {
                bytes.writeBytes(plain.getBytes(StandardCharsets.UTF_8));
            } else if (letter != null) {
                bytes.write(ESCAPED.charAt(LETTERS.indexOf(letter)));
            } else if (digits != null) {
                bytes.write(Integer.parseInt(digits, 16));
            } else {
                throw new InvalidSpecException(
                        at
                                + part.group()
                                + " is no byte; there are \\n, \\r, \\t, \\\\ and \\xNN with two"
                                + " digits, \\x0d");
            }
        }
        return bytes.toByteArray();
    }

    /** Where one open file is in the dialogue. */
    private final class Dialogue {
        private final WaitQueue changed = new WaitQueue("the next step of " + name);
        private int step;
        private int done; // bytes of the step

        private Step now() {
            return step < steps.size() ? steps.get(step) : null;
        }

        private void moved(int count) {
            done += count;
            if (done == now().bytes().length) {
                next();
            }
        }

        private void next() {
            step++;
            done = 0;
            changed.wakeUp();
        }

        synchronized int read(ByteBuffer dst, Call call) {
            while (true) {
                Step now = now();
                if (now == null || now.kind() == Kind.EXPECT) {
                    return call.wouldBlock(changed);
                }
                switch (now.kind()) {
                    case END -> {
                        return 0;
                    }
                    case WAIT -> {
                        if (!call.isTimedOut()) {
                            return call.wouldBlock(
                                    changed, now.time().toNanos(), TimeUnit.NANOSECONDS);
                        }
                        next();
                    }
                    default -> {
                        int count = Math.min(dst.remaining(), now.bytes().length - done);
                        dst.put(now.bytes(), done, count);
                        moved(count);
                        return count;
                    }
                }
            }
        }

        synchronized int write(ByteBuffer src) throws ErrnoException {
            int written = src.remaining();
            while (src.hasRemaining()) {
                Step now = now();
                int count =
                        now == null || now.kind() != Kind.EXPECT
                                ? 0
                                : Math.min(src.remaining(), now.bytes().length - done);
                ByteBuffer given = src.slice(src.position(), count);
                if (count == 0 || !given.equals(ByteBuffer.wrap(now.bytes(), done, count))) {
                    refuse(now, src);
                }
                src.position(src.position() + count);
                moved(count);
            }
            return written;
        }

        private void refuse(Step now, ByteBuffer src) throws ErrnoException {
            byte[] given = new byte[src.remaining()];
            src.get(given);
            String expected =
                    now == null
                            ? "no more writes after its last line"
                            : now.kind() == Kind.EXPECT
                                    ? "\"" + shown(now.bytes(), done) + "\""
                                    : "a read first";
            LOG.error(
                    "{}:{}: expected {}, but \"{}\" was written",
                    name,
                    now == null ? steps.size() : now.line(),
                    expected,
                    shown(given, 0));
            throw Errno.EIO.exception();
        }

        synchronized int poll(Call call) {
            call.pollWait(changed);
            Step now = now();
            if (now == null) {
                return 0;
            }
            return now.kind() == Kind.EXPECT
                    ? PollEvents.POLLOUT | PollEvents.POLLWRNORM
                    : PollEvents.POLLIN | PollEvents.POLLRDNORM;
        }
    }

    private static String shown(byte[] bytes, int from) {
        StringBuilder shown = new StringBuilder();
        for (int i = from; i < bytes.length; i++) {
            char c = (char) (bytes[i] & 0xff);
            shown.append(
                    c >= ' ' && c < 0x7f ? String.valueOf(c) : String.format("\\x%02x", (int) c));
        }
        return shown.toString();
    }

    @Override
    public int open(OpenFile file, Call call) {
        file.setPrivateData(new Dialogue());
        return 0;
    }

    @Override
    public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
        return file.privateData(Dialogue.class).read(dst, call);
    }

    @Override
    public int write(OpenFile file, ByteBuffer src, long position, Call call)
            throws ErrnoException {
        return file.privateData(Dialogue.class).write(src);
    }

    @Override
    public int poll(OpenFile file, Call call) {
        return file.privateData(Dialogue.class).poll(call);
    }
}
