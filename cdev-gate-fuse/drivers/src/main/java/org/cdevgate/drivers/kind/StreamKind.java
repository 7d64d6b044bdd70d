package org.cdevgate.drivers.kind;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.cdevgate.drivers.ByteQueue;
import org.cdevgate.drivers.spec.InvalidSpecException;
import org.cdevgate.drivers.spec.Settings;

/** Kind {@code stream}. */
public final class StreamKind implements DeviceKind {
    private static final int CAPACITY = 64 << 10; // bytes, as many as a pipe holds

    /** What stands for standard input. */
    private static final Path STDIN = Path.of("-");

    @Override
    public String name() {
        return "stream";
    }

    @Override
    public String help() {
        return "gives the lines of a file, one after the other in time; reads sleep in between";
    }

    @Override
    public List<KindOption> options() {
        return List.of(
                new KindOption("file", "", "what to read the lines from; - is standard input"),
                new KindOption("every", "100ms", "time between two lines"),
                new KindOption(
                        "then", "wait", "what comes after the last line: wait, end, or again"));
    }

    @Override
    public KindDevice make(Settings settings) throws IOException {
        String then = settings.word("then", List.of("wait", "end", "again"));
        Path file = settings.path("file");
        LineSource lines;
        if (file.equals(STDIN)) {
            if (then.equals("again")) {
                throw new InvalidSpecException(
                        "kind stream: then=again, but standard input comes once; give file=PATH, or"
                                + " then=wait or end");
            }
            lines = new InputLines(System.in, CAPACITY);
        } else {
            lines = new FileLines(Files.readAllBytes(file), then.equals("again"));
        }
        ByteQueue queue = new ByteQueue(Math.max(CAPACITY, lines.longest()));
        boolean ends = then.equals("end");
        return KindDevice.of(queue)
                .every(
                        settings.period("every"),
                        () -> {
                            byte[] line = lines.peek();
                            if (line != null && queue.offer(line)) { // else nobody reads: it waits
                                lines.next();
                            } else if (line == null && ends && lines.isOver()) {
                                queue.end();
                            }
                        });
    }
}
