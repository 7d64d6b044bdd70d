package org.cdevgate.cli.hold;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.cdevgate.cli.protocol.Json;

/**
 * Lines on their way to a client, written by a thread of its own: a client that does not read makes
 * nobody wait who tells of an event. Such events are lost and counted. Answers are not lost; a
 * client that reads none of thousands is not heard any more.
 */
final class Outgoing {
    private static final int MOST_EVENTS = 1000;
    private static final int MOST_LINES = 5000;
    private static final Map<String, ?> END = Map.of();

    private final OutputStream out;
    private final Runnable onBroken;
    private final LinkedBlockingQueue<Map<String, ?>> lines = new LinkedBlockingQueue<>(MOST_LINES);
    private final AtomicLong lost = new AtomicLong();
    private final Thread writer = new Thread(this::write, "holder-out");

    /**
     * @param onBroken runs if nobody can be written to any more
     */
    Outgoing(OutputStream out, Runnable onBroken) {
        this.out = out;
        this.onBroken = onBroken;
        writer.setDaemon(true);
    }

    void start() {
        writer.start();
    }

    /** Waits only for a client that does not read. */
    void answer(Map<String, ?> line) throws InterruptedException {
        lines.put(line);
    }

    /** Never waits. */
    void event(Map<String, ?> line) {
        if (lines.size() >= MOST_EVENTS || !lines.offer(line)) {
            lost.incrementAndGet();
        }
    }

    /** Writes what is there, if that can be done within a time. */
    void end(Duration limit) throws InterruptedException {
        if (lines.offer(END, limit.toNanos(), TimeUnit.NANOSECONDS)) {
            TimeUnit.NANOSECONDS.timedJoin(writer, limit.toNanos());
        }
    }

    private void write() {
        boolean broken = false;
        try {
            for (Map<String, ?> line = lines.take(); line != END; line = lines.take()) {
                broken = broken || !write(line); // what is for nobody is taken all the same
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean write(Map<String, ?> line) {
        try {
            long missing = lost.getAndSet(0);
            if (missing > 0) {
                out.write(bytes(Map.of("event", "lost", "count", missing)));
            }
            out.write(bytes(line));
            out.flush();
            return true;
        } catch (IOException e) {
            onBroken.run();
            return false;
        }
    }

    private static byte[] bytes(Map<String, ?> line) {
        return (Json.write(line) + "\n").getBytes(StandardCharsets.US_ASCII);
    }
}
