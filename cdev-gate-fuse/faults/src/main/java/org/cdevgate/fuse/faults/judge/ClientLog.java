package org.cdevgate.fuse.faults.judge;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The logs of all clients of a round, read into calls. Written by log.c: {@code B PID TID NUMBER
 * TIME CALL FILE DETAIL}, {@code E PID TID NUMBER TIME RESULT ERRNO GENERATION}, {@code S PID TID
 * SIGNAL TIME} from a signal handler; each between two line ends, so that what a killed process
 * left of its last one is known. Its call was not made yet, or ended with nobody there.
 */
public final class ClientLog {
    /** A handler ran. */
    record Handled(int pid, int tid, int signal, long time) {}

    private final List<ClientCall> calls = new ArrayList<>();
    private final List<Handled> handled = new ArrayList<>();
    private final Map<Integer, ClientCall> open = new HashMap<>(); // by thread

    /**
     * Adds a file.
     *
     * @throws IOException if it cannot be read, or a whole line has another form
     */
    public void read(Path file) throws IOException {
        String text = Files.readString(file, StandardCharsets.US_ASCII);
        String[] parts = text.split("\n\n", -1);
        for (int i = 0; i < parts.length; i++) {
            boolean isWhole = i < parts.length - 1 || parts[i].endsWith("\n");
            String line = parts[i].strip();
            line = line.substring(line.lastIndexOf('\n') + 1); // before it are pieces
            if (isWhole && !line.isEmpty()) {
                try {
                    add(line);
                } catch (RuntimeException e) {
                    throw new IOException(file + ": no line of a log: " + line, e);
                }
            }
        }
        finish();
    }

    /** Adds a line. */
    void add(String line) {
        String[] words = line.split(" ", 8);
        int pid = Integer.parseInt(words[1]);
        int tid = Integer.parseInt(words[2]);
        int number = Integer.parseInt(words[3]);
        long time = Long.parseLong(words[4]);
        switch (words[0]) {
            case "B" ->
                    open.put(
                            tid,
                            new ClientCall(
                                    pid,
                                    tid,
                                    number,
                                    time,
                                    Long.MAX_VALUE,
                                    words[5],
                                    words[6],
                                    words[7],
                                    0,
                                    0,
                                    0));
            case "E" -> {
                ClientCall begun = open.remove(tid);
                if (begun == null || begun.number() != number) {
                    throw new IllegalArgumentException("the end of a call that did not begin");
                }
                calls.add(
                        begun.ended(
                                time,
                                Long.parseLong(words[5]),
                                Integer.parseInt(words[6]),
                                Long.parseUnsignedLong(words[7])));
            }
            case "S" -> handled.add(new Handled(pid, tid, number, time));
            default -> throw new IllegalArgumentException("begins with " + words[0]);
        }
    }

    /** What has begun and not ended never will. */
    void finish() {
        calls.addAll(open.values());
        open.clear();
    }

    /** All of them, in no order that means something. */
    List<ClientCall> calls() {
        return calls;
    }

    List<Handled> handled() {
        return handled;
    }

    /** How many calls there are. */
    public int size() {
        return calls.size();
    }
}
