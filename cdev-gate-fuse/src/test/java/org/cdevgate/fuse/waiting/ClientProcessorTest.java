package org.cdevgate.fuse.waiting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.cdevgate.fuse.harness.ToolMissing;
import org.cdevgate.fuse.harness.Within;
import org.cdevgate.fuse.libc.Libc;
import org.cdevgate.fuse.libc.NativeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class ClientProcessorTest {
    private static final int SET_BYTES = 128;

    private final ClientProcessor place = new ClientProcessor();
    private final NativeBuffer set = NativeBuffer.allocate(SET_BYTES);
    private List<Integer> before;

    @BeforeEach
    void remember() {
        before = allowed();
    }

    @AfterEach
    void restore() {
        place.close();
        allow(before);
    }

    private List<Integer> allowed() {
        assertEquals(0, Libc.CALLS.sched_getaffinity(0, SET_BYTES, set.address()));
        List<Integer> processors = new ArrayList<>();
        for (int i = 0; i < SET_BYTES * 8; i++) {
            if ((set.bytes().get(i / 8) & 1 << i % 8) != 0) {
                processors.add(i);
            }
        }
        return processors;
    }

    private void allow(List<Integer> processors) {
        byte[] bits = new byte[SET_BYTES];
        processors.forEach(i -> bits[i / 8] |= (byte) (1 << i % 8));
        set.bytes().put(0, bits);
        assertEquals(0, Libc.CALLS.sched_setaffinity(0, SET_BYTES, set.address()));
    }

    /** A process that stays on a processor. */
    private static final class Client implements AutoCloseable {
        private final Process process;

        Client(int processor) throws Exception {
            process =
                    new ProcessBuilder("taskset", "-c", "" + processor, "sh", "-c", "echo; read x")
                            .start();
            assertEquals('\n', process.getInputStream().read());
        }

        int tid() {
            return (int) process.pid();
        }

        @Override
        public void close() {
            process.destroyForcibly().onExit().join();
        }
    }

    /** A client on a processor that this thread may be on, and is not. */
    private Client elsewhere() throws Exception {
        ToolMissing.require(
                before.size() > 1,
                "this process may run on processor "
                        + before
                        + " only; the test needs two: allow another with taskset(1)");
        Client client = new Client(before.get(1));
        leave();
        return client;
    }

    private void leave() {
        allow(before.subList(0, 1));
        allow(before);
    }

    /** The scheduler may move this thread to the client before it is asked to go. */
    private void join(Client client) {
        for (int round = 0; round < 1_000; round++) {
            leave();
            if (place.join(client.tid())) {
                return;
            }
        }
        throw new AssertionError("never joined");
    }

    @Test
    void theThreadGoesToTheClientAndMayLeaveAgain() throws Exception {
        try (Client client = elsewhere()) {
            for (int round = 0; round < 50; round++) {
                join(client);
                assertEquals(before.get(1), Libc.CALLS.sched_getcpu());
                assertEquals(before.subList(1, 2), allowed());
                place.letGo();
                place.settled();
                assertEquals(before, allowed());
            }
        }
    }

    /** By taskset(1), for instance. */
    @Test
    void whatSomebodyElseAllowedMeanwhileHolds() throws Exception {
        try (Client client = elsewhere()) {
            join(client);
            allow(before.subList(0, 1));
            place.letGo();
            assertEquals(before.subList(0, 1), allowed());
        }
    }

    @Test
    void twoThreadsAreNotMovedAtOnce() throws Exception {
        try (Client client = elsewhere()) {
            join(client);
            boolean[] other = {true};
            Thread thread =
                    new Thread(
                            () -> {
                                other[0] = place.join(client.tid());
                                place.letGo(); // not its to let go
                            });
            thread.start();
            thread.join();
            assertFalse(other[0]);
            assertEquals(before.subList(1, 2), allowed());
            place.letGo();
            assertEquals(before, allowed());
        }
    }

    @Test
    void nothingIsLeftBehindAndNothingMovedAfterTheEnd() throws Exception {
        try (Client client = elsewhere()) {
            join(client);
            place.letGo();
            place.close();
            Within.limit("the holder ends", () -> holders() == 0);
            leave();
            assertFalse(place.join(client.tid()));
        }
    }

    private static long holders() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("fuse-processor-holder"))
                .count();
    }

    @Test
    void aThreadThatIsHeldElsewhereStays() throws Exception {
        try (Client client = elsewhere()) {
            allow(before.subList(0, 1));
            assertFalse(place.join(client.tid()));
            assertEquals(before.subList(0, 1), allowed());
        }
    }

    @Test
    void aClientThatIsUnknownOrHasGoneIsNotJoined() throws Exception {
        assertFalse(place.join(0));
        Client gone = new Client(before.get(0));
        gone.close();
        assertFalse(place.join(gone.tid()));
        assertEquals(before, allowed());
    }

    /** The name may contain anything. */
    @ParameterizedTest
    @CsvSource({
        "12 (sh) S FIELDS 1 0, 1",
        "12 (a) b) 3 (c) R FIELDS 17 99 0, 17",
        "12 (sh) S 1 2 3, -1",
        "12 (sh, -1",
        "'', -1"
    })
    void theProcessorIsField39(String line, int processor) {
        String fields =
                "4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30";
        byte[] bytes =
                line.replace("FIELDS", fields + " 31 32 33 34 35 36 37 38")
                        .getBytes(StandardCharsets.US_ASCII);
        assertEquals(
                processor, ClientProcessor.processorIn(ByteBuffer.wrap(bytes), 0, bytes.length));
    }
}
