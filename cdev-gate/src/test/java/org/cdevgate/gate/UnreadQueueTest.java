package org.cdevgate.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What has come and was not read: in order, bounded, each once. */
class UnreadQueueTest {
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static String take(UnreadQueue queue, int size) {
        ByteBuffer dst = ByteBuffer.allocate(size);
        int count = queue.take(dst);
        assertEquals(count, dst.position(), "the reader is told another count than it got");
        return new String(dst.array(), 0, count, StandardCharsets.US_ASCII);
    }

    private static String end(UnreadQueue queue, int size) {
        ByteBuffer dst = ByteBuffer.allocate(size);
        int count = queue.takeOrClose(dst);
        return count < 0 ? "end" : new String(dst.array(), 0, count, StandardCharsets.US_ASCII);
    }

    @Test
    void aTakeGivesOneRecord() {
        UnreadQueue queue = UnreadQueue.ofRecords(2);
        assertEquals(3, queue.put(bytes("abc")));
        assertEquals(2, queue.put(bytes("de")));
        assertEquals("unread queue of 2 records", queue.toString());
        assertEquals("abc", take(queue, 8), "two records became one");
        assertEquals("de", take(queue, 8));
        assertEquals("", take(queue, 8));
        assertTrue(queue.isEmpty());
    }

    @Test
    void whatOfARecordDoesNotFitIsLost() {
        UnreadQueue queue = UnreadQueue.ofRecords(2);
        queue.put(bytes("abc"));
        queue.put(bytes("de"));
        assertEquals("ab", take(queue, 2));
        assertEquals("de", take(queue, 2), "the rest of a report looks like a report");
    }

    @Test
    void aQueueThatGrowsKeepsItsOrder() {
        UnreadQueue queue = UnreadQueue.ofRecords(64);
        byte next = 0;
        byte expected = 0;
        ByteBuffer taken = ByteBuffer.allocate(1);
        for (int more = 1; more < 8; more++) { // grows with its first one in each place
            for (int i = 0; i < more + 2; i++) {
                assertEquals(1, queue.put(new byte[] {next++}));
            }
            for (int i = 0; i < more; i++) {
                assertEquals(1, queue.take(taken.clear()));
                assertEquals(expected++, taken.get(0), "records out of order");
            }
        }
    }

    @Test
    void aFullQueueRefusesARecord() {
        UnreadQueue queue = UnreadQueue.ofRecords(1);
        ByteBuffer second = ByteBuffer.wrap(bytes("de"));
        queue.put(bytes("abc"));
        assertEquals(0, queue.put(second));
        assertEquals(2, second.remaining(), "the driver would count it as delivered");
        assertEquals("abc", take(queue, 8), "the newest pushed out what was waiting");
        assertEquals(2, queue.put(second));
    }

    @Test
    void aRecordIsACopy() {
        UnreadQueue queue = UnreadQueue.ofRecords(1);
        byte[] report = bytes("abc");
        queue.put(report);
        report[0] = 'X';
        assertEquals("abc", take(queue, 8), "the driver's next report is in the last one");
    }

    @Test
    void anEmptyRecordIsRefused() {
        UnreadQueue queue = UnreadQueue.ofRecords(1);
        assertThrows(IllegalArgumentException.class, () -> queue.put(new byte[0]));
    }

    @Test
    void aBufferWithoutRoomTakesNothing() {
        UnreadQueue queue = UnreadQueue.ofRecords(1);
        queue.put(bytes("abc"));
        assertEquals("", take(queue, 0));
        assertEquals("", end(queue, 0), "a read of 0 bytes is told of the end");
        assertEquals("abc", take(queue, 8), "a read of 0 bytes lost a report");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void aQueueHoldsSomething(int most) {
        assertTrue(
                assertThrows(IllegalArgumentException.class, () -> UnreadQueue.ofRecords(most))
                        .getMessage()
                        .contains("most " + most + " "));
        assertTrue(
                assertThrows(IllegalArgumentException.class, () -> UnreadQueue.ofBytes(most))
                        .getMessage()
                        .contains("most " + most + " "));
    }

    @Test
    void bytesHaveNoBoundaries() {
        UnreadQueue queue = UnreadQueue.ofBytes(4);
        ByteBuffer src = ByteBuffer.wrap(bytes("abcdef"));
        assertEquals(4, queue.put(src));
        assertEquals(2, src.remaining(), "the driver cannot tell what was taken");
        assertEquals("a", take(queue, 1));
        assertEquals(1, queue.put(src));
        assertEquals("unread queue of 4 bytes", queue.toString());
        assertEquals("bcde", take(queue, 8));
        assertEquals(0, queue.put(new byte[0]));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 64})
    void bytesComeOutAsTheyWentIn(int most) {
        UnreadQueue queue = UnreadQueue.ofBytes(most);
        Random random = new Random(most);
        ByteArrayOutputStream in = new ByteArrayOutputStream();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int round = 0; round < 2000; round++) {
            byte[] some = new byte[random.nextInt(most + 2)];
            random.nextBytes(some);
            in.write(some, 0, queue.put(some));
            ByteBuffer dst = ByteBuffer.allocate(random.nextInt(most + 2));
            out.write(dst.array(), 0, queue.take(dst));
        }
        ByteBuffer rest = ByteBuffer.allocate(most);
        out.write(rest.array(), 0, queue.take(rest));
        assertEquals(
                ByteBuffer.wrap(in.toByteArray()),
                ByteBuffer.wrap(out.toByteArray()),
                "the ring lost its way");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void nothingFollowsTheEnd(boolean records) {
        UnreadQueue queue = records ? UnreadQueue.ofRecords(4) : UnreadQueue.ofBytes(4);
        queue.put(bytes("ab"));
        assertTrue(queue.hasDataOrClose());
        assertEquals("ab", end(queue, 8));
        assertEquals(1, queue.put(bytes("c")), "closed before anybody was told");
        assertEquals("c", end(queue, 8));
        assertEquals("end", end(queue, 8));
        assertEquals(0, queue.put(bytes("d")), "a reader is told of the end, then data comes");
        assertEquals("end", end(queue, 8));
        assertFalse(queue.hasDataOrClose());
        assertTrue(queue.toString().endsWith("(closed)"));
    }

    @Test
    void whoAsksWhetherThereIsSomethingIsToldOfTheEndToo() {
        UnreadQueue queue = UnreadQueue.ofRecords(4);
        assertFalse(queue.hasDataOrClose());
        assertEquals(0, queue.put(bytes("d")));
    }
}
