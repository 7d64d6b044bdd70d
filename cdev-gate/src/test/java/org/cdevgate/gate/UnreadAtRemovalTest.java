package org.cdevgate.gate;

import static org.cdevgate.gate.Answers.LOCAL;
import static org.cdevgate.gate.Answers.assertErrno;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.removal.RemovalProfile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands unread at the removal: hidraw delivers it, then comes the error; evdev loses it. */
class UnreadAtRemovalTest {
    private static final int READABLE = PollEvents.POLLIN | PollEvents.POLLRDNORM;

    private enum Sleep {
        PARKED,
        THREADLESS
    }

    private final WaitQueue readable = new WaitQueue("readable");
    private final AtomicInteger entered = new AtomicInteger();
    private volatile Runnable beforeSleep = () -> {};

    /** Reads numbers of 4 bytes, one per read. */
    private final class Driver implements FileOperations {
        private final Sleep sleep;

        Driver(Sleep sleep) {
            this.sleep = sleep;
        }

        @Override
        public int open(OpenFile file, Call call) {
            file.setUnread(UnreadQueue.ofRecords(1000));
            return 0;
        }

        @Override
        public int read(OpenFile file, ByteBuffer dst, long position, Call call)
                throws ErrnoException {
            entered.incrementAndGet();
            while (true) {
                int count = file.unread().take(dst);
                if (count > 0) {
                    return count;
                }
                beforeSleep.run();
                if (sleep == Sleep.THREADLESS) {
                    return call.wouldBlock(readable);
                }
                call.await(readable, () -> !file.unread().isEmpty());
            }
        }
    }

    private FopsGate gate(RemovalProfile profile, Sleep sleep) {
        return FopsGate.builder("keyboard", new Driver(sleep)).removalProfile(profile).build();
    }

    private static void put(OpenFile file, int number) {
        assertEquals(4, file.unread().put(ByteBuffer.allocate(4).putInt(0, number)));
    }

    /** The number; 0 if nothing was read. */
    private static int read(OpenFile file) throws ErrnoException {
        ByteBuffer dst = ByteBuffer.allocate(16);
        return file.gate().front().read(file, dst, 0, LOCAL) == 0 ? 0 : dst.getInt(0);
    }

    private static void assertEnd(Errno errno, OpenFile file) {
        assertErrno(errno, () -> read(file), "the reader does not learn of the unplug");
    }

    @ParameterizedTest
    @EnumSource
    void unreadRecordsComeBeforeTheError(Sleep sleep) throws Exception {
        FopsGate gate = gate(RemovalProfile.HIDRAW, sleep);
        OpenFile file = Answers.open(gate);
        OpenFile other = Answers.open(gate);
        put(file, 1);
        put(file, 2);
        gate.unregisterSync();

        int gone = RemovalProfile.HIDRAW.later(Verb.POLL);
        assertEquals(
                gone | READABLE, gate.front().poll(file, LOCAL, null), "nobody is told to read it");
        assertEnd(Errno.EIO, other);
        assertEquals(1, read(file));
        assertEquals(gone | READABLE, gate.front().poll(file, LOCAL, null));
        assertEquals(2, read(file));
        assertEquals(gone, gate.front().poll(file, LOCAL, null), "select spins on an empty device");
        assertEnd(Errno.EIO, file);
        assertEnd(Errno.EIO, file);
        assertEquals(0, entered.get(), "driver code ran after unregisterSync() had returned");
    }

    @Test
    void evdevLosesThem() throws Exception {
        FopsGate gate = gate(RemovalProfile.EVDEV, Sleep.THREADLESS);
        OpenFile file = Answers.open(gate);
        put(file, 1);
        gate.unregisterSync();
        assertEquals(PollEvents.POLLERR | PollEvents.POLLHUP, gate.front().poll(file, LOCAL, null));
        assertEnd(Errno.ENODEV, file);
    }

    @Test
    void aTerminalMayBeToldToDeliverThemToo() throws Exception {
        FopsGate gate =
                FopsGate.builder(
                                "modem",
                                (Opening)
                                        (file, call) -> {
                                            file.setUnread(UnreadQueue.ofBytes(8));
                                            return 0;
                                        })
                        .removalProfile(RemovalProfile.TTY.withUnreadDelivered(true))
                        .build();
        OpenFile file = Answers.open(gate);
        file.unread().put("abcdef".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        gate.unregisterSync();
        assertEquals(4, gate.front().read(file, ByteBuffer.allocate(4), 0, LOCAL));
        assertEquals(2, gate.front().read(file, ByteBuffer.allocate(4), 0, LOCAL));
        assertEquals(
                0, gate.front().read(file, ByteBuffer.allocate(4), 0, LOCAL), "no end of file");
    }

    @Test
    void aReadOfNoBytesLosesNothing() throws Exception {
        FopsGate gate = gate(RemovalProfile.HIDRAW, Sleep.THREADLESS);
        OpenFile file = Answers.open(gate);
        put(file, 1);
        gate.unregisterSync();
        assertEquals(0, gate.front().read(file, ByteBuffer.allocate(0), 0, LOCAL));
        assertEquals(1, read(file));
    }

    /** Between flag and release, while a call that holds up the drain is still in the driver. */
    @Test
    void theyAreDeliveredWhileTheRemovalStillWaits() throws Exception {
        FopsGate gate = gate(RemovalProfile.HIDRAW, Sleep.THREADLESS);
        OpenFile file = Answers.open(gate);
        put(file, 1);
        long ticket = gate.enter();
        gate.beginRemoval();
        assertEquals(1, read(file), "the error came before the data");
        assertEnd(Errno.EIO, file);
        gate.exit(ticket);
        gate.awaitRemoval();
    }

    @ParameterizedTest
    @EnumSource
    void aReaderThatFoundNothingGetsTheError(Sleep sleep) throws Exception {
        FopsGate gate = gate(RemovalProfile.HIDRAW, sleep);
        OpenFile file = Answers.open(gate);
        Background<Integer> reader = Background.start(() -> read(file));
        Eventually.asleep(readable, 1);
        gate.unregisterSync();
        assertErrno(Errno.EIO, reader.failure(), "the reader does not learn of the unplug");
        assertEquals(
                0,
                file.unread().put(new byte[] {1}),
                "one reader is told of the end, and the next one gets data");
    }

    /** The record has come, but the removal is faster than the driver's wake-up. */
    @ParameterizedTest
    @EnumSource
    void aReaderAsleepGetsTheRecordThatNobodyWokeItFor(Sleep sleep) throws Exception {
        FopsGate gate = gate(RemovalProfile.HIDRAW, sleep);
        OpenFile file = Answers.open(gate);
        Background<Integer> reader = Background.start(() -> read(file));
        Eventually.asleep(readable, 1);
        put(file, 7);
        gate.unregisterSync();
        assertEquals(7, reader.result());
        assertEnd(Errno.EIO, file);
    }

    /** The record comes after the reader's last look and before it sleeps; so does the flag. */
    @ParameterizedTest
    @EnumSource
    void aReaderOnItsWayToSleepGetsTheRecordToo(Sleep sleep) throws Exception {
        FopsGate gate = gate(RemovalProfile.HIDRAW, sleep);
        OpenFile file = Answers.open(gate);
        beforeSleep =
                () -> {
                    put(file, 7);
                    gate.beginRemoval();
                    beforeSleep = () -> {};
                };
        assertEquals(7, read(file), "data is there, and the reader got the error");
        gate.awaitRemoval();
        assertEnd(Errno.EIO, file);
    }

    /** The last look of a parked reader is its condition's: what comes after it is not lost. */
    @Test
    void aRecordAfterTheLastLookOfAParkedReaderIsDelivered() throws Exception {
        AtomicInteger looks = new AtomicInteger();
        FopsGate gate =
                FopsGate.builder(
                                "keyboard",
                                new FileOperations() {
                                    @Override
                                    public int read(
                                            OpenFile file, ByteBuffer dst, long position, Call call)
                                            throws ErrnoException {
                                        dst.putLong(-1); // what a driver leaves there counts not
                                        call.await(readable, () -> look(file));
                                        return 0;
                                    }

                                    private boolean look(OpenFile file) {
                                        boolean there = !file.unread().isEmpty();
                                        if (looks.incrementAndGet() == 2) {
                                            put(file, 7);
                                            file.gate().beginRemoval();
                                        }
                                        return there;
                                    }
                                })
                        .removalProfile(RemovalProfile.HIDRAW)
                        .build();
        OpenFile file = Answers.open(gate);
        file.setUnread(UnreadQueue.ofRecords(4));
        assertEquals(7, read(file), "data is there, and the reader got the error");
        gate.awaitRemoval();
    }

    /** A front's request: it is run again, refused by the gate, and served from the queue. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFrontRunsARequestAgainThatHasARecord(boolean asleepBefore) throws Exception {
        FopsGate gate = gate(RemovalProfile.HIDRAW, Sleep.THREADLESS);
        OpenFile file = Answers.open(gate);
        ThreadlessCaller caller = new ThreadlessCaller();
        ByteBuffer dst = ByteBuffer.allocate(16);
        NotingRequest request = new NotingRequest();
        assertEquals(Call.WOULD_BLOCK, Threadless.read(file, dst, caller));
        if (asleepBefore) {
            Threadless.sleepOn(readable, file, request, caller);
            put(file, 7);
            gate.unregisterSync();
            assertEquals(List.of("run again"), request.told);
        } else {
            put(file, 7);
            gate.unregisterSync();
            assertFalse(gate.front().sleep(request, caller), "asleep for ever, with data there");
            assertEquals(List.of(), request.told);
        }
        assertEquals(4, Threadless.read(file, dst, caller));
        assertEquals(7, dst.getInt(0));

        Threadless.sleepOn(readable, file, request, caller); // nothing is there
        assertEquals("removed with -5", request.told.get(request.told.size() - 1));
    }

    @Test
    void threadsThatShareAFileNeverGetARecordTwice() throws Exception {
        int records = 1000;
        FopsGate gate = gate(RemovalProfile.HIDRAW, Sleep.PARKED);
        OpenFile file = Answers.open(gate);
        ConcurrentHashMap<Integer, Boolean> seen = new ConcurrentHashMap<>();
        List<Background<Integer>> readers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            readers.add(
                    Background.start(
                            () -> {
                                int count = 0;
                                while (true) {
                                    try {
                                        int number = read(file);
                                        assertTrue(
                                                seen.putIfAbsent(number, true) == null,
                                                () -> "record " + number + " was read twice");
                                        count++;
                                    } catch (ErrnoException end) {
                                        assertEquals(Errno.EIO.number(), end.errno());
                                        return count;
                                    }
                                }
                            }));
        }
        for (int number = 1; number <= records; number++) {
            put(file, number);
            if (number % 2 == 0) {
                readable.wakeUp();
            }
            if (number == records) {
                gate.beginRemoval(); // the readers are in the driver, asleep, and on their way in
            }
        }
        int count = 0;
        for (Background<Integer> reader : readers) {
            count += reader.result();
        }
        gate.awaitRemoval();
        assertEquals(records, count, "records that nobody got");
    }

    @Test
    void aFileHasOneQueue() throws Exception {
        OpenFile file = Answers.open(gate(RemovalProfile.HIDRAW, Sleep.PARKED));
        UnreadQueue queue = file.unread();
        assertThrows(IllegalStateException.class, () -> file.setUnread(UnreadQueue.ofRecords(1)));
        assertSame(queue, file.unread());
        OpenFile without = Answers.open(FopsGate.of("plain", new FileOperations() {}));
        assertThrows(NullPointerException.class, () -> without.setUnread(null));
        assertSame(null, without.unread());
    }
}
