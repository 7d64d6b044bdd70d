package org.cdevgate.fuse.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.cdevgate.fuse.protocol.InitNegotiation.Agreed;
import org.cdevgate.fuse.protocol.InitNegotiation.Offer;
import org.cdevgate.fuse.protocol.InitNegotiation.Outcome;
import org.cdevgate.fuse.protocol.InitNegotiation.Refused;
import org.cdevgate.fuse.protocol.InitNegotiation.VersionReply;
import org.cdevgate.fuse.protocol.InitNegotiation.Wanted;
import org.junit.jupiter.api.Test;

class InitNegotiationTest {
    private static final long LINUX_6_18 = 0x5fd73fffffbL;
    private static final long LINUX_5_4 = 0x7fffffbL;

    private static Outcome negotiate(int major, int minor, long flags) {
        return InitNegotiation.negotiate(
                new Offer(major, minor, 131072, flags), Wanted.standard(4096));
    }

    private static Agreed agree(int minor, long flags) {
        return assertInstanceOf(Agreed.class, negotiate(7, minor, flags));
    }

    @Test
    void aRecentKernelGivesAllThatIsWanted() {
        Agreed agreed = agree(45, LINUX_6_18);

        assertTrue(agreed.has(Wanted.standard(4096).flags()));
        assertTrue(agreed.has(FuseConstants.FUSE_INIT_EXT));
        assertTrue(agreed.has(FuseConstants.FUSE_DIRECT_IO_ALLOW_MMAP));
        assertFalse(agreed.has(1L << 17), "FUSE_NO_OPEN_SUPPORT was never asked for");
        assertEquals(45, agreed.minor());
        assertEquals(1 << 20, agreed.maxWrite());
        assertEquals(256, agreed.maxPages());
        assertEquals((1 << 20) + 4096, agreed.requestBytes());
        assertEquals(LINUX_6_18, agreed.offer().flags());
    }

    @Test
    void aKernelWithoutInitExtensionKeepsUpperFlagsOut() {
        Agreed agreed = agree(31, LINUX_5_4 | FuseConstants.FUSE_DIRECT_IO_ALLOW_MMAP);

        assertEquals(0, agreed.flags() >>> 32);
        assertFalse(agreed.has(FuseConstants.FUSE_INIT_EXT));
        assertEquals(31, agreed.minor());
    }

    @Test
    void withoutMaxPagesTransfersStayAtTheKernelsDefault() {
        Agreed agreed = agree(45, LINUX_6_18 & ~FuseConstants.FUSE_MAX_PAGES);

        assertEquals(32, agreed.maxPages());
        assertEquals(131072, agreed.maxWrite());
        assertEquals(131072, agreed.maxTransfer());
    }

    @Test
    void withoutBigWritesAWriteIsOnePage() {
        Agreed agreed = agree(45, LINUX_6_18 & ~FuseConstants.FUSE_BIG_WRITES);

        assertEquals(4096, agreed.maxWrite());
        assertEquals(1 << 20, agreed.maxTransfer(), "reads are not limited by it");
        assertTrue(agreed.requestBytes() >= 72 + 16383, "an ioctl must still fit");
    }

    @Test
    void largePagesNeedFewerOfThem() {
        Agreed agreed =
                assertInstanceOf(
                        Agreed.class,
                        InitNegotiation.negotiate(
                                new Offer(7, 45, 0, LINUX_6_18), Wanted.standard(65536)));
        assertEquals(16, agreed.maxPages());
        assertEquals(1 << 20, agreed.maxTransfer());
    }

    @Test
    void aNewerMinorVersionIsSpokenAsOurs() {
        assertEquals(FuseConstants.FUSE_KERNEL_MINOR_VERSION, agree(99, LINUX_6_18).minor());
    }

    @Test
    void anOlderKernelIsRefusedWithTheVersionItNeeds() {
        for (Outcome outcome :
                new Outcome[] {negotiate(7, 30, LINUX_5_4), negotiate(6, 45, LINUX_5_4)}) {
            String message = assertInstanceOf(Refused.class, outcome).message();
            assertTrue(message.contains("Linux 5.4"), message);
        }
    }

    @Test
    void aNewerMajorVersionIsToldOursAndAskedAgain() {
        assertInstanceOf(VersionReply.class, negotiate(8, 0, 0));
    }

    @Test
    void sizesOutOfRangeAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Wanted(0, 4095, 4096));
        assertThrows(IllegalArgumentException.class, () -> new Wanted(0, (1 << 20) + 1, 4096));
        assertThrows(IllegalArgumentException.class, () -> new Wanted(0, 4096, 4097));
    }
}
