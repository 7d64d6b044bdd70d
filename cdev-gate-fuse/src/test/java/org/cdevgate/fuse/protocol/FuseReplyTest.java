package org.cdevgate.fuse.protocol;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FuseReplyTest {
    private static final int AT = 24; // any place but the start
    private static final int BODY = AT + 16;
    private static final long UNIQUE = 0x1122334455667788L;

    private final ByteBuffer buffer = ByteBuffer.allocate(512).order(ByteOrder.nativeOrder());

    @BeforeEach
    void fillWithWhatAnEarlierMessageLeft() {
        Arrays.fill(buffer.array(), (byte) 0xee);
    }

    private void assertReply(int expectedLength, int length) {
        assertEquals(expectedLength, length);
        assertEquals(expectedLength, buffer.getInt(AT), "fuse_out_header.len");
        assertEquals(0, buffer.getInt(AT + 4), "fuse_out_header.error");
        assertEquals(UNIQUE, buffer.getLong(AT + 8), "fuse_out_header.unique");
        assertEquals((byte) 0xee, buffer.get(AT - 1), "a byte before the reply was overwritten");
        assertEquals(
                (byte) 0xee, buffer.get(AT + length), "a byte behind the reply was overwritten");
    }

    @Test
    void errorIsSentNegative() {
        assertEquals(16, FuseReply.error(buffer, AT, UNIQUE, 19));
        assertEquals(-19, buffer.getInt(AT + 4));
        assertReply(16, FuseReply.error(buffer, AT, UNIQUE, 0));
    }

    @Test
    void anErrnoThatTheKernelWouldRefuseNeverLeaves() {
        for (int errno : new int[] {-1, 512, Integer.MIN_VALUE}) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> FuseReply.error(buffer, AT, UNIQUE, errno));
        }
    }

    @Test
    void headerAndIoctlLeaveThePayloadInPlace() {
        assertEquals(16 + 100, FuseReply.header(buffer, AT, UNIQUE, 100));
        assertEquals(0xeeeeeeee, buffer.getInt(BODY));
        assertEquals(32 + 8, FuseReply.ioctl(buffer, AT, UNIQUE, -22, 8));
        assertAll(
                () -> assertEquals(40, buffer.getInt(AT)),
                () -> assertEquals(-22, buffer.getInt(BODY)),
                () -> assertEquals(0, buffer.getInt(BODY + 4)),
                () -> assertEquals(0, buffer.getLong(BODY + 8)),
                () -> assertEquals(0xeeeeeeee, buffer.getInt(BODY + 16)));
    }

    @Test
    void entryIsNotCached() {
        FuseAttr attr = attributes();
        assertReply(16 + 128, FuseReply.entry(buffer, AT, UNIQUE, 42, 7, attr));
        assertAll(
                () -> assertEquals(42, buffer.getLong(BODY)),
                () -> assertEquals(7, buffer.getLong(BODY + 8)),
                () -> assertEquals(0, buffer.getLong(BODY + 16)),
                () -> assertEquals(0, buffer.getLong(BODY + 24)),
                () -> assertEquals(0, buffer.getLong(BODY + 32)));
        assertAttributes(BODY + 40);
    }

    @Test
    void readlinkCarriesTheTargetWithoutAnEnd() {
        byte[] target = {'.', '.', '/', 'a'};
        assertReply(20, FuseReply.readlink(buffer, AT, UNIQUE, target));
        assertEquals('.', buffer.get(BODY));
        assertEquals('a', buffer.get(BODY + 3));
    }

    @Test
    void attributesAreNotCached() {
        assertReply(16 + 104, FuseReply.attr(buffer, AT, UNIQUE, attributes()));
        assertEquals(0, buffer.getLong(BODY));
        assertEquals(0, buffer.getLong(BODY + 8));
        assertAttributes(BODY + 16);
    }

    @Test
    void timesOfAnyYearStandAsTheyAre() {
        FuseAttr attr = new FuseAttr().mtime(Long.MIN_VALUE, 999_999_999);
        FuseReply.attr(buffer, AT, UNIQUE, attr);
        assertEquals(Long.MIN_VALUE, buffer.getLong(BODY + 16 + 32));
        assertEquals(999_999_999, buffer.getInt(BODY + 16 + 52));
    }

    @Test
    void openStandsWhereFuseOpenOutHasIt() {
        assertReply(32, FuseReply.open(buffer, AT, UNIQUE, 9, 0x35));
        assertEquals(9, buffer.getLong(BODY));
        assertEquals(0x35, buffer.getInt(BODY + 8));
        assertEquals(0, buffer.getInt(BODY + 12));
    }

    @Test
    void writePollAndLseekAreOneWord() {
        assertReply(24, FuseReply.write(buffer, AT, UNIQUE, 4096));
        assertEquals(4096, buffer.getLong(BODY));
        assertReply(24, FuseReply.poll(buffer, AT, UNIQUE, 0x18));
        assertEquals(0x18, buffer.getLong(BODY));
        assertReply(24, FuseReply.lseek(buffer, AT, UNIQUE, 1L << 40));
        assertEquals(1L << 40, buffer.getLong(BODY));
    }

    @Test
    void statfsCountsNothing() {
        assertReply(16 + 80, FuseReply.statfs(buffer, AT, UNIQUE, 255));
        assertAll(
                () -> assertEquals(0, buffer.getLong(BODY)),
                () -> assertEquals(0, buffer.getLong(BODY + 24)),
                () -> assertEquals(4096, buffer.getInt(BODY + 40)),
                () -> assertEquals(255, buffer.getInt(BODY + 44)),
                () -> assertEquals(4096, buffer.getInt(BODY + 48)),
                () -> assertEquals(0, buffer.getInt(BODY + 76)));
    }

    @Test
    void initStandsWhereFuseInitOutHasIt() {
        InitNegotiation.Agreed agreed =
                (InitNegotiation.Agreed)
                        InitNegotiation.negotiate(
                                new InitNegotiation.Offer(7, 45, 131072, 0x5fd73fffffbL),
                                InitNegotiation.Wanted.standard(4096));
        assertReply(16 + 64, FuseReply.init(buffer, AT, UNIQUE, agreed));
        assertAll(
                () -> assertEquals(7, buffer.getInt(BODY)),
                () -> assertEquals(45, buffer.getInt(BODY + 4)),
                () -> assertEquals(131072, buffer.getInt(BODY + 8)),
                () -> assertEquals((int) agreed.flags(), buffer.getInt(BODY + 12)),
                () -> assertEquals(agreed.maxBackground(), buffer.getShort(BODY + 16)),
                () -> assertEquals(agreed.congestionThreshold(), buffer.getShort(BODY + 18)),
                () -> assertEquals(1 << 20, buffer.getInt(BODY + 20)),
                () -> assertEquals(1, buffer.getInt(BODY + 24)),
                () -> assertEquals(256, buffer.getShort(BODY + 28)),
                () -> assertEquals(1 << 4, buffer.getInt(BODY + 32), "DIRECT_IO_ALLOW_MMAP"),
                () -> assertEquals(0, buffer.getInt(BODY + 36)),
                () -> assertEquals(0, buffer.getLong(BODY + 56)));
    }

    @Test
    void versionReplyCarriesNothingButTheVersion() {
        assertReply(16 + 64, FuseReply.initVersion(buffer, AT, UNIQUE));
        assertEquals(7, buffer.getInt(BODY));
        assertEquals(0, buffer.getInt(BODY + 12));
    }

    @Test
    void aReplyThatDoesNotFitThrowsInsteadOfBeingCut() {
        assertThrows(
                IndexOutOfBoundsException.class,
                () -> FuseReply.entry(buffer, 400, UNIQUE, 1, 1, new FuseAttr()));
    }

    private static FuseAttr attributes() {
        return new FuseAttr()
                .ino(1)
                .size(2)
                .blocks(3)
                .atime(4, 5)
                .mtime(6, 7)
                .ctime(8, 9)
                .mode(0100640)
                .nlink(10)
                .uid(11)
                .gid(12);
    }

    private void assertAttributes(int at) {
        long[] words = {1, 2, 3, 4, 6, 8};
        int[] halves = {5, 7, 9, 0100640, 10, 11, 12, 0, 4096, 0};
        for (int i = 0; i < words.length; i++) {
            assertEquals(words[i], buffer.getLong(at + 8 * i), "64-bit field " + i);
        }
        for (int i = 0; i < halves.length; i++) {
            assertEquals(halves[i], buffer.getInt(at + 48 + 4 * i), "32-bit field " + i);
        }
    }
}
