package org.cdevgate.fuse.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import java.util.function.ToIntFunction;
import org.cdevgate.fuse.harness.MessageGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Whatever a reply says, its header tells its length, and no byte around it is touched. The seed is
 * {@code -Dcdevgate.fuzz.seed}.
 */
class EncoderPropertyTest {
    private static final long SEED = Long.getLong("cdevgate.fuzz.seed", 20240607);
    private static final int ROUNDS = 2000;
    private static final int AT = 40;
    private static final byte UNTOUCHED = (byte) 0xee;

    private final Random random = new Random(SEED);
    private final ByteBuffer buffer = ByteBuffer.allocate(12_000).order(ByteOrder.nativeOrder());
    private final FuseAttr attr = new FuseAttr();

    @BeforeEach
    void fillWithWhatAnEarlierMessageLeft() {
        Arrays.fill(buffer.array(), UNTOUCHED);
    }

    private void assertUntouchedFrom(int index, String what) {
        for (int i = index; i < buffer.capacity(); i++) {
            assertEquals(UNTOUCHED, buffer.get(i), what);
        }
        for (int i = 0; i < AT; i++) {
            assertEquals(UNTOUCHED, buffer.get(i), what);
        }
    }

    private void assertLength(int expected, ToIntFunction<ByteBuffer> encoder) {
        fillWithWhatAnEarlierMessageLeft();
        int length = encoder.applyAsInt(buffer);
        assertEquals(expected, length, "seed " + SEED);
        assertEquals(length, buffer.getInt(AT), "the kernel refuses a reply with a wrong length");
        assertUntouchedFrom(AT + length, "seed " + SEED + ": a byte of another message");
    }

    private FuseAttr anyAttr() {
        return attr.ino(random.nextLong())
                .size(random.nextLong())
                .blocks(random.nextLong())
                .atime(random.nextLong(), random.nextInt(1_000_000_000))
                .mtime(random.nextLong(), random.nextInt(1_000_000_000))
                .ctime(random.nextLong(), random.nextInt(1_000_000_000))
                .mode(random.nextInt())
                .nlink(random.nextInt())
                .uid(random.nextInt())
                .gid(random.nextInt());
    }

    private byte[] anyName(int most) {
        byte[] name = MessageGenerator.randomName(random);
        return name.length > most ? Arrays.copyOf(name, most) : name;
    }

    @Test
    void everyReplyIsAsLongAsItsStructs() {
        for (int i = 0; i < ROUNDS; i++) {
            long unique = random.nextLong();
            long value = random.nextLong();
            int number = random.nextInt();
            int data = random.nextInt(FuseConstants.IOC_SIZE_MAX / 2);
            assertLength(16, to -> FuseReply.error(to, AT, unique, (number & 511)));
            assertLength(16 + 128, to -> FuseReply.entry(to, AT, unique, value, 0, anyAttr()));
            assertLength(16 + 104, to -> FuseReply.attr(to, AT, unique, anyAttr()));
            assertLength(32, to -> FuseReply.open(to, AT, unique, value, number));
            assertLength(24, to -> FuseReply.write(to, AT, unique, number));
            assertLength(96, to -> FuseReply.statfs(to, AT, unique, number));
            assertLength(24, to -> FuseReply.poll(to, AT, unique, number));
            assertLength(24, to -> FuseReply.lseek(to, AT, unique, value));
            assertLength(80, to -> FuseReply.initVersion(to, AT, unique));
            // Of these the data stand there already.
            assertEquals(16 + data, FuseReply.header(buffer, AT, unique, data));
            assertEquals(16 + data, buffer.getInt(AT));
            assertEquals(32 + data, FuseReply.ioctl(buffer, AT, unique, number, data));
            assertEquals(32 + data, buffer.getInt(AT));
        }
    }

    @Test
    void everyNotificationIsAsLongAsItsStructAndName() {
        for (int i = 0; i < ROUNDS; i++) {
            long node = random.nextLong();
            long other = random.nextLong();
            assertLength(24, to -> FuseNotification.poll(to, AT, node));
            assertLength(40, to -> FuseNotification.invalidateInode(to, AT, node, other, -other));
        }
    }

    /** Read back as the kernel's parse_dirfile() does. */
    @Test
    void listingsNeverOverflowAndEveryEntryIsAligned() {
        DirentWriter writer = new DirentWriter();
        boolean everFull = false;
        for (int i = 0; i < ROUNDS; i++) {
            fillWithWhatAnEarlierMessageLeft();
            int room = random.nextInt(6000);
            writer.begin(buffer, AT, room);
            int entries = 0;
            boolean fits = true;
            while (fits && entries < 60) {
                byte[] name = anyName(255);
                int before = writer.bytes();
                fits = writer.add(1 + entries, entries, 8, name);
                int needed = (24 + name.length + 7) & ~7;
                assertEquals(
                        before + needed <= room, fits, "an entry was left out, or did not fit");
                assertEquals(fits ? before + needed : before, writer.bytes());
                entries += fits ? 1 : 0;
            }
            everFull |= !fits && entries > 0;
            assertTrue(writer.bytes() <= room, "longer than asked for");
            assertEquals(0, writer.bytes() % 8, "not aligned");
            assertUntouchedFrom(AT + writer.bytes(), "seed " + SEED + ": written beyond the room");
            assertEquals(entries, count(writer.bytes()), "seed " + SEED);
        }
        assertTrue(everFull, "no listing was ever full");
    }

    private int count(int bytes) {
        int count = 0;
        for (int at = AT; at < AT + bytes; count++) {
            int nameLength = buffer.getInt(at + 16);
            assertFalse(nameLength < 1 || nameLength > 255, "a torn entry");
            at += (24 + nameLength + 7) & ~7;
        }
        return count;
    }
}
