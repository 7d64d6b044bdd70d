package org.cdevgate.fuse.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.cdevgate.fuse.harness.Within;
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
    private static Process on(int processor) throws Exception {
        Process process =
                new ProcessBuilder("taskset", "-c", "" + processor, "sh", "-c", "echo; read x")
                        .start();
        assertEquals('\n', process.getInputStream().read());
        return process;
    }

    @Test
    void theThreadGoesToTheClientAndMayLeaveAgain() throws Exception {
        assumeTrue(before.size() > 1, "there is only one processor to be on");
        Process client = on(before.get(1));
        try {
            int arrived = 0;
            for (int round = 0; round < 100; round++) {
                allow(before.subList(0, 1));
                allow(before);
                if (place.join((int) client.pid())) {
                    arrived++;
                    assertEquals(before.get(1), Libc.CALLS.sched_getcpu());
                    assertEquals(before.subList(1, 2), allowed());
                    place.letGo();
                    place.settled();
                }
                assertEquals(before, allowed());
            }
            // The scheduler may have moved it before, so that it need not go.
            assertTrue(arrived > 50, arrived + " of 100");
        } finally {
            client.destroyForcibly().waitFor();
        }
    }

    /** By taskset(1), for instance. */
    @Test
    void whatSomebodyElseAllowedMeanwhileHolds() throws Exception {
        assumeTrue(before.size() > 1, "there is only one processor to be on");
        Process client = on(before.get(1));
        try {
            allow(before.subList(0, 1));
            allow(before);
            assumeTrue(place.join((int) client.pid()), "it was there already");
            allow(before.subList(0, 1));
            place.letGo();
            assertEquals(before.subList(0, 1), allowed());
        } finally {
            client.destroyForcibly().waitFor();
        }
    }

    @Test
    void twoThreadsAreNotMovedAtOnce() throws Exception {
        assumeTrue(before.size() > 1, "there is only one processor to be on");
        Process client = on(before.get(1));
        try {
            allow(before.subList(0, 1));
            allow(before);
            assumeTrue(place.join((int) client.pid()), "it was there already");
            boolean[] other = {true};
            Thread thread =
                    new Thread(
                            () -> {
                                other[0] = place.join((int) client.pid());
                                place.letGo(); // not its to let go
                            });
            thread.start();
            thread.join();
            assertFalse(other[0]);
            assertEquals(before.subList(1, 2), allowed());
            place.letGo();
            assertEquals(before, allowed());
        } finally {
            client.destroyForcibly().waitFor();
        }
    }

    @Test
    void nothingIsLeftBehindAndNothingMovedAfterTheEnd() throws Exception {
        assumeTrue(before.size() > 1, "there is only one processor to be on");
        Process client = on(before.get(1));
        try {
            allow(before.subList(0, 1));
            allow(before);
            place.join((int) client.pid());
            place.letGo();
            place.close();
            Within.limit("the holder ends", () -> holders() == 0);
            allow(before.subList(0, 1));
            allow(before);
            assertFalse(place.join((int) client.pid()));
        } finally {
            client.destroyForcibly().waitFor();
        }
    }

    private static long holders() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("fuse-processor-holder"))
                .count();
    }

    @Test
    void aThreadThatIsHeldElsewhereStays() throws Exception {
        assumeTrue(before.size() > 1, "there is only one processor to be on");
        Process client = on(before.get(1));
        try {
            allow(before.subList(0, 1));
            assertFalse(place.join((int) client.pid()));
            assertEquals(before.subList(0, 1), allowed());
        } finally {
            client.destroyForcibly().waitFor();
        }
    }

    @Test
    void aClientThatIsUnknownOrHasGoneIsNotJoined() throws Exception {
        assertFalse(place.join(0));
        Process gone = on(before.get(0));
        gone.destroyForcibly().waitFor();
        assertFalse(place.join((int) gone.pid()));
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
