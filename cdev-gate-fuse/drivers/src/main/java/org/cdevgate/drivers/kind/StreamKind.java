package org.cdevgate.drivers.kind;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.drivers.ByteQueue;
import org.cdevgate.drivers.spec.Settings;

/** Kind {@code stream}. */
public final class StreamKind implements DeviceKind {
    private static final int CAPACITY = 64 << 10; // bytes, or as many as a pipe holds

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
                new KindOption("file", "", "what to read the lines from"),
                new KindOption("every", "100ms", "time between two lines"),
                new KindOption(
                        "then", "wait", "what comes after the last line: wait, end, or again"));
    }

    @Override
    public KindDevice make(Settings settings) throws IOException {
        List<String> lines = Files.readAllLines(settings.path("file"));
        String then = settings.word("then", List.of("wait", "end", "again"));
        ByteQueue queue = new ByteQueue(CAPACITY);
        AtomicInteger next = new AtomicInteger();
        return KindDevice.of(queue)
                .every(
                        settings.period("every"),
                        () -> {
                            int index = next.get();
                            if (index == lines.size()) {
                                if (then.equals("end")) {
                                    queue.end();
                                }
                                return;
                            }
                            byte[] line =
                                    (lines.get(index) + '\n').getBytes(StandardCharsets.UTF_8);
                            if (queue.offer(line)) { // nobody reads: it waits
                                boolean again = then.equals("again") && index + 1 == lines.size();
                                next.set(again ? 0 : index + 1);
                            }
                        });
    }
}
