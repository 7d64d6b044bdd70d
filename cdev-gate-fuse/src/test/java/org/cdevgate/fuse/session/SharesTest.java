package org.cdevgate.fuse.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.cdevgate.fuse.session.Shares.Refusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nobody's sleeping calls take the last thread or byte from the others', and all is given back. */
class SharesTest {
    private static final int HEADER = 80;
    private static final int MEBIBYTE = 1 << 20;
    private static final int ALICE = 1000;
    private static final int BOB = 1001;

    private final Share first = new Share();
    private final Share second = new Share();

    private static Charge charge() {
        Charge charge = new Charge();
        charge.prepare();
        return charge;
    }

    private static int parkAll(Shares shares, Share device, int uid, List<Charge> charges) {
        int parked = 0;
        while (shares.maySleep(device, uid, HEADER) == Refusal.NONE) {
            Charge charge = charge();
            shares.park(charge, device, uid, HEADER);
            charges.add(charge);
            parked++;
        }
        return parked;
    }

    private static int keepAll(Shares shares, Share device, int uid, int bytes) {
        int kept = 0;
        while (shares.keep(charge(), device, uid, bytes)) {
            kept++;
        }
        return kept;
    }

    private static Charge page() {
        Charge charge = charge();
        charge.pageIns = 1;
        charge.writeBacks = 1; // no request is both; the two are counted alike
        return charge;
    }

    /** The monitor may count a request at any moment, as one whose thread is stuck. */
    @Test
    void aPageThatIsCountedAlreadyIsNotOneOfTheOthers() {
        Shares shares = new Shares(Shares.MAX_PAGE_INS, Long.MAX_VALUE);
        Charge own = page();
        shares.park(own, first, ALICE, HEADER);
        for (int i = 1; i < Shares.MAX_PAGE_INS; i++) {
            assertTrue(shares.hasRoomForPageIn(page()), () -> "beside " + shares.pageIns());
            shares.park(page(), first, ALICE, HEADER);
        }
        assertTrue(shares.hasRoomForPageIn(own), "it has its place");
        assertFalse(shares.hasRoomForPageIn(page()), "one more");
        assertFalse(shares.hasRoomForWriteBack(own), "more than may be written back");
        shares.giveBack(own);
        assertTrue(shares.hasRoomForPageIn(own), "what it was charged for is given back");
        shares.park(page(), first, ALICE, HEADER);
        assertFalse(shares.hasRoomForPageIn(own), "it has lost its place");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 64, 4096})
    void aUserInADeviceMayParkAsManyAsAskedForAndLeavesRoomForTheOthers(int most) {
        Shares shares = new Shares(most, Long.MAX_VALUE);
        List<Charge> charges = new ArrayList<>();
        assertEquals(most, parkAll(shares, first, ALICE, charges));
        assertEquals(Refusal.NONE, shares.maySleep(second, ALICE, HEADER), "another device");
        assertEquals(Refusal.NONE, shares.maySleep(first, BOB, HEADER), "another user");
        assertEquals(Refusal.NONE, shares.maySleep(second, BOB, HEADER), "another one of each");
        charges.forEach(shares::giveBack);
        assertEquals(most, parkAll(shares, first, ALICE, charges), "as many again");
    }

    /** With however many devices a user tries, and in however many users a device has. */
    @Test
    void aUserOfManyDevicesAndADeviceOfManyUsersLeaveRoomForTheOthers() {
        Shares one = new Shares(64, Long.MAX_VALUE);
        for (int i = 0; i < 1000; i++) {
            parkAll(one, new Share(), ALICE, new ArrayList<>());
        }
        assertTrue(one.threads() >= 64 && one.threads() <= 96, () -> one.threads() + " of 128");
        assertEquals(Refusal.NONE, one.maySleep(new Share(), BOB, HEADER));

        Shares other = new Shares(64, Long.MAX_VALUE);
        for (int uid = 0; uid < 1000; uid++) {
            parkAll(other, first, uid, new ArrayList<>());
        }
        assertTrue(other.threads() <= 96, () -> other.threads() + " of 128");
        assertEquals(Refusal.NONE, other.maySleep(second, 0, HEADER));
    }

    @Test
    void bytesAreSharedInTheSameWay() {
        Shares shares = new Shares(Integer.MAX_VALUE, 16 * MEBIBYTE);
        int writes = keepAll(shares, first, ALICE, MEBIBYTE);
        assertTrue(writes >= 15 && writes <= 16, () -> writes + " writes of 1 MiB in 16 MiB");
        assertEquals(Refusal.BYTES, shares.maySleep(first, ALICE, MEBIBYTE));
        assertEquals(Refusal.NONE, shares.maySleep(second, ALICE, MEBIBYTE), "another device");
        assertEquals(Refusal.NONE, shares.maySleep(first, BOB, MEBIBYTE), "another user");
        for (int i = 0; i < 1000; i++) {
            keepAll(shares, new Share(), i, MEBIBYTE);
        }
        assertTrue(shares.bytes() <= 32L * MEBIBYTE, () -> shares.bytes() + " held");
        assertEquals(Refusal.NONE, shares.maySleep(first, ALICE, HEADER), "a read that drains it");
        // Requests that carry nothing cost their objects: no number of them is free.
        Shares small = new Shares(Integer.MAX_VALUE, Shares.MIN_BYTES);
        int requests = keepAll(small, first, ALICE, HEADER);
        assertTrue(requests * 500L <= Shares.MIN_BYTES, () -> requests + " in 1 MiB");
    }

    @Test
    void theLargestRequestCanSleepUnderTheSmallestBound() {
        Shares shares = new Shares(1, Shares.MIN_BYTES);
        assertEquals(Refusal.NONE, shares.maySleep(first, ALICE, MEBIBYTE + HEADER));
        assertTrue(shares.keep(charge(), first, ALICE, MEBIBYTE + HEADER));
    }

    /** A parked call keeps its message in its worker's buffer. */
    @Test
    void aParkedWriteCountsItsMemory() {
        Shares shares = new Shares(4096, 4 * MEBIBYTE);
        int parked = 0;
        while (shares.maySleep(first, ALICE, MEBIBYTE) == Refusal.NONE) {
            shares.park(charge(), first, ALICE, MEBIBYTE);
            parked++;
        }
        assertEquals(4, parked, "writes of 1 MiB parked in 4 MiB");
    }

    @Test
    void oneMoreThanTheBoundMayBeRunAgain() {
        Shares shares = new Shares(4, Long.MAX_VALUE);
        Charge kept = charge();
        assertTrue(shares.keep(kept, first, ALICE, HEADER));
        Charge keptInSecond = charge();
        assertTrue(shares.keep(keptInSecond, second, ALICE, HEADER));
        parkAll(shares, first, ALICE, new ArrayList<>());
        assertTrue(shares.mayRunAgain(kept), "what could wake the parked calls is never run");
        shares.park(charge(), first, ALICE, HEADER);
        assertFalse(shares.mayRunAgain(kept), "beyond the bound without an end");
        assertTrue(shares.mayRunAgain(keptInSecond), "another device is held up");
    }

    @Test
    void givingBackTwiceGivesBackOnce() {
        Shares shares = new Shares(4, Long.MAX_VALUE);
        Charge charge = charge();
        shares.park(charge, first, ALICE, HEADER);
        Charge other = charge();
        shares.park(other, first, ALICE, HEADER);
        shares.giveBack(charge);
        shares.giveBack(charge);
        assertEquals(1, shares.threads());
        assertEquals(HEADER, shares.bytes());
        shares.giveBack(other);
        assertEquals(0, shares.listed());
    }

    /** The look without the lock refuses nobody and lets nobody in that the other would not. */
    @Test
    void afterAnyOrderOfChargesAllIsBackAtZero() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Shares shares = new Shares(20, 4 * MEBIBYTE);
        List<Share> devices = List.of(first, second, new Share());
        Deque<Charge> charged = new ArrayDeque<>();
        int mostThreads = 0;
        long mostBytes = 0;
        for (int i = 0; i < 100_000; i++) {
            Share device = devices.get(random.nextInt(devices.size()));
            int uid = random.nextInt(5);
            int bytes = HEADER + random.nextInt(300_000);
            if (random.nextInt(100) < 52) {
                Charge charge = charge();
                if (random.nextBoolean()) {
                    if (shares.keep(charge, device, uid, bytes)) {
                        charged.add(charge);
                    }
                } else if (shares.maySleep(device, uid, bytes) == Refusal.NONE) {
                    shares.park(charge, device, uid, bytes);
                    charged.add(charge);
                }
            } else if (!charged.isEmpty()) {
                shares.giveBack(
                        random.nextBoolean() ? charged.removeFirst() : charged.removeLast());
            }
            mostThreads = Math.max(mostThreads, shares.threads());
            mostBytes = Math.max(mostBytes, shares.bytes());
        }
        assertTrue(mostThreads <= 40, mostThreads + " threads of 40, seed " + seed);
        assertTrue(mostBytes <= 8 * MEBIBYTE, mostBytes + " bytes of 8 MiB, seed " + seed);
        charged.forEach(shares::giveBack);
        assertEquals(0, shares.threads(), "seed " + seed);
        assertEquals(0, shares.bytes(), "seed " + seed);
        assertEquals(0, shares.listed(), "users remembered for nothing, seed " + seed);
        for (Share device : devices) {
            assertEquals(0, device.threads, "seed " + seed);
            assertEquals(0, device.bytes, "seed " + seed);
        }
    }

    /** By many threads at once, with charges that are used again as a worker's is. */
    @Test
    void nothingIsLostWhenManyThreadsChargeAndGiveBack() throws Exception {
        Shares shares = new Shares(4096, Long.MAX_VALUE);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int uid = i % 2;
            Thread thread =
                    new Thread(
                            () -> {
                                Charge charge = charge();
                                for (int round = 0; round < 50_000; round++) {
                                    charge.prepare();
                                    shares.park(charge, round % 3 == 0 ? first : second, uid, 1);
                                    shares.giveBack(charge);
                                }
                            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(0, shares.threads());
        assertEquals(0, shares.bytes());
        assertEquals(0, shares.listed());
    }
}
