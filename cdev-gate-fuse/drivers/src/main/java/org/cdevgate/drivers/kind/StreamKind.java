package org.cdevgate.drivers.kind;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
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
        List<byte[]> lines = lines(Files.readAllBytes(settings.path("file")));
        String then = settings.word("then", List.of("wait", "end", "again"));
        int longest = lines.stream().mapToInt(each -> each.length).max().orElse(0);
        ByteQueue queue = new ByteQueue(Math.max(CAPACITY, longest));
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
                            if (queue.offer(lines.get(index))) { // nobody reads: it waits
                                boolean again = then.equals("again") && index + 1 == lines.size();
                                next.set(again ? 0 : index + 1);
                            }
                        });
    }

    /** Each with its end, byte for byte as it is in the file. */
    private static List<byte[]> lines(byte[] content) {
        List<byte[]> lines = new ArrayList<>();
        int begin = 0;
        for (int i = 0; i < content.length; i++) {
            if (content[i] == '\n' || i + 1 == content.length) {
                lines.add(Arrays.copyOfRange(content, begin, i + 1));
                begin = i + 1;
            }
        }
        return lines;
    }
}
