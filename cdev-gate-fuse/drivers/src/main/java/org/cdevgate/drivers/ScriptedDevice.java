package org.cdevgate.drivers;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.async.DeviceTimer;
import org.cdevgate.drivers.spec.InvalidSpecException;
import org.cdevgate.drivers.spec.Quantity;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;
import org.jspecify.annotations.Nullable;
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
 * several reads; {@code wait} lets time pass, in which reads and writes sleep; {@code end} is the
 * end of the file for reads from there on. {@code \n}, {@code \r}, {@code \t}, {@code \\} and
 * {@code \xNN} stand for bytes. After the last step reads sleep. A write of other bytes gets EIO,
 * and the log says, once for each open file, which line expected what.
 */
public final class ScriptedDevice implements FileOperations {
    private static final Logger LOG = LoggerFactory.getLogger(ScriptedDevice.class);

    private enum Kind {
        EXPECT,
        ANSWER,
        WAIT,
        END
    }

    private static final int MOST_SHOWN = 60; // bytes

    private static final String LETTERS = "nrt\\";
    private static final String ESCAPED = "\n\r\t\\";

    /** Text, an escape, or a backslash with what follows it, which is neither. */
    private static final Pattern PART =
            Pattern.compile(
                    "(?<plain>[^\\\\]+)|\\\\(?:(?<letter>[nrt\\\\])|x(?<digits>[0-9a-fA-F]{2})|(?:x.{0,2}|.?))");

    /** A line that is none of the blank ones. */
    private static final class Step {
        private static final byte[] NO_BYTES = {};

        private final int line;
        private final Kind kind;
        private final byte[] bytes; // to expect or answer
        private final Duration time; // to wait

        private Step(int line, Kind kind, byte[] bytes, Duration time) {
            this.line = line;
            this.kind = kind;
            this.bytes = bytes;
            this.time = time;
        }

        Step(int line, Kind kind, byte[] bytes) {
            this(line, kind, bytes, Duration.ZERO);
        }

        Step(int line, Kind kind, Duration time) {
            this(line, kind, NO_BYTES, time);
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
     * @throws InvalidSpecException names file and line of what is no step, or the file if it is no
     *     text
     */
    public static ScriptedDevice read(Path file) throws IOException {
        try {
            return parse(file.toString(), Files.readAllLines(file));
        } catch (CharacterCodingException e) {
            throw new InvalidSpecException(
                    file + " has bytes that are no UTF-8; write each of them as \\xNN");
        }
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
                        case "expect" -> new Step(i + 1, Kind.EXPECT, bytes(at, rest));
                        case "answer" -> new Step(i + 1, Kind.ANSWER, bytes(at, rest));
                        case "wait" ->
                                new Step(i + 1, Kind.WAIT, Quantity.duration(at + "wait", rest));
                        case "end" -> new Step(i + 1, Kind.END, Duration.ZERO);
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
        private final DeviceTimer timer;

        // Guarded by this.
        private int step;
        private int done; // bytes of the step
        private boolean refused;

        Dialogue(FopsGate gate) {
            timer = DeviceTimer.setup(gate, "wait of " + name, this::waited);
        }

        /** After this the timer may run. */
        synchronized void begin() {
            arrive();
        }

        /** Not with the lock: waits for the timer. */
        void end() {
            timer.shutdownSync();
        }

        private @Nullable Step now() {
            return step < steps.size() ? steps.get(step) : null;
        }

        private void moved(Step now, int count) {
            done += count;
            if (done == now.bytes().length) {
                next();
            }
        }

        private void next() {
            step++;
            done = 0;
            arrive();
            changed.wakeUp();
        }

        private void arrive() {
            Step now = now();
            if (now != null && now.kind() == Kind.WAIT) {
                timer.mod(now.time());
            }
        }

        private synchronized void waited() {
            next(); // only the timer goes on from WAIT
        }

        synchronized int read(ByteBuffer dst, Call call) {
            Step now = now();
            if (now == null || now.kind() == Kind.EXPECT || now.kind() == Kind.WAIT) {
                return call.wouldBlock(changed);
            }
            if (now.kind() == Kind.END) {
                return 0;
            }
            int count = Math.min(dst.remaining(), now.bytes().length - done);
            dst.put(now.bytes(), done, count);
            moved(now, count);
            return count;
        }

        synchronized int write(ByteBuffer src, Call call) throws ErrnoException {
            int written = 0;
            while (src.hasRemaining()) {
                Step now = now();
                int count = now == null ? 0 : taken(now, src);
                if (now != null && count > 0) {
                    src.position(src.position() + count);
                    written += count;
                    moved(now, count);
                } else if (written > 0) {
                    return written; // the rest comes again, and finds what is wrong
                } else if (now != null && now.kind() == Kind.WAIT) {
                    return call.wouldBlock(changed);
                } else {
                    report(now, src);
                    throw Errno.EIO.exception();
                }
            }
            return written;
        }

        /** How many of the bytes the step expects next; 0 unless all are right. */
        private int taken(Step now, ByteBuffer src) {
            if (now.kind() != Kind.EXPECT) {
                return 0;
            }
            int count = Math.min(src.remaining(), now.bytes().length - done);
            ByteBuffer expected = ByteBuffer.wrap(now.bytes(), done, count);
            return src.slice(src.position(), count).equals(expected) ? count : 0;
        }

        private void report(@Nullable Step now, ByteBuffer src) {
            if (refused) {
                return; // a client that tries again and again fills no log
            }
            refused = true;
            String expected;
            if (now == null) {
                expected = "no more writes after its last line";
            } else {
                expected =
                        switch (now.kind()) {
                            case EXPECT -> "\"" + shown(ByteBuffer.wrap(now.bytes()), done) + "\"";
                            case END -> "no more writes";
                            case ANSWER, WAIT -> "a read first";
                        };
            }
            LOG.error(
                    "{}:{}: expected {}, but \"{}\" was written",
                    name,
                    now == null ? steps.size() : now.line(),
                    expected,
                    shown(src, src.position()));
        }

        synchronized int poll(Call call) {
            call.pollWait(changed);
            Step now = now();
            if (now == null) {
                return 0;
            }
            return switch (now.kind()) {
                case EXPECT -> PollEvents.POLLOUT | PollEvents.POLLWRNORM;
                case ANSWER, END -> PollEvents.POLLIN | PollEvents.POLLRDNORM;
                case WAIT -> 0;
            };
        }
    }

    /** Bytes as a script has them, the first ones if they are many. */
    private static String shown(ByteBuffer bytes, int from) {
        StringBuilder shown = new StringBuilder();
        int to = Math.min(bytes.limit(), from + MOST_SHOWN);
        for (int i = from; i < to; i++) {
            char c = (char) (bytes.get(i) & 0xff);
            shown.append(
                    c >= ' ' && c < 0x7f ? String.valueOf(c) : String.format("\\x%02x", (int) c));
        }
        return to < bytes.limit() ? shown.append('…').toString() : shown.toString();
    }

    @Override
    public int open(OpenFile file, Call call) {
        Dialogue dialogue = new Dialogue(file.gate());
        file.setPrivateData(dialogue, Dialogue::end);
        dialogue.begin();
        return 0;
    }

    private static Dialogue dialogue(OpenFile file) {
        return Objects.requireNonNull(file.privateData(Dialogue.class));
    }

    @Override
    public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
        return dialogue(file).read(dst, call);
    }

    @Override
    public int write(OpenFile file, ByteBuffer src, long position, Call call)
            throws ErrnoException {
        return dialogue(file).write(src, call);
    }

    @Override
    public int poll(OpenFile file, Call call) {
        return dialogue(file).poll(call);
    }
}
