package org.cdevgate.cli.hold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.cdevgate.cli.protocol.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that do not read, and clients that are gone. */
@Timeout(60)
class OutgoingTest {
    private static final int EVENTS = 20_000;

    @Test
    void whoDoesNotReadLosesEventsAndIsToldHowMany() throws Exception {
        PipedInputStream pipe = new PipedInputStream();
        Outgoing out = new Outgoing(new PipedOutputStream(pipe), () -> {});
        out.start();
        for (int i = 0; i < EVENTS; i++) {
            out.event(Map.of("event", "call", "n", i));
        }
        out.answer(Map.of("id", 1));
        long heard = 0;
        long lost = 0;
        BufferedReader in = new BufferedReader(new InputStreamReader(pipe, StandardCharsets.UTF_8));
        Map<String, Object> line = Json.read(in.readLine());
        while (!line.containsKey("id")) {
            if ("lost".equals(line.get("event"))) {
                lost += ((Number) line.get("count")).longValue();
            } else {
                heard++;
            }
            line = Json.read(in.readLine());
        }
        assertEquals(EVENTS, heard + lost);
        assertTrue(lost > 0, "the queue has no bound");
    }

    @Test
    void whoIsGoneIsToldOfAndHoldsNobodyUp() throws Exception {
        CountDownLatch broken = new CountDownLatch(1);
        Outgoing out =
                new Outgoing(
                        new OutputStream() {
                            @Override
                            public void write(int c) throws IOException {
                                throw new IOException("nobody reads");
                            }
                        },
                        broken::countDown);
        out.start();
        for (int i = 0; i < EVENTS; i++) {
            out.answer(Map.of("id", i));
        }
        assertTrue(broken.await(50, TimeUnit.SECONDS));
        out.end(Duration.ofSeconds(50));
    }
}
