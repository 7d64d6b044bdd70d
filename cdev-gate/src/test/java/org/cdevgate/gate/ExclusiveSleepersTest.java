package org.cdevgate.gate;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.cdevgate.abi.Errno;
import org.cdevgate.gate.removal.RemovalProfile;
import org.junit.jupiter.api.Test;

/** Sleepers that want the same thing, of which there is one: a wake-up wakes one of them. */
class ExclusiveSleepersTest {
    private final WaitQueue queue = new WaitQueue("items");
    private final AtomicInteger items = new AtomicInteger();
    private final AtomicInteger looks = new AtomicInteger();

    /** Reads take one item each. */
    private final FopsGate parking = FopsGate.of("parking", parkingDriver());

    private FileOperations parkingDriver() {
        return (Reading)
                (file, call) -> {
                    call.awaitExclusive(queue, this::takeItem);
                    return 1;
                };
    }

    /** The same without a thread. */
    private final FopsGate threadless =
            Reading.gate(
                    "threadless", (file, call) -> takeItem() ? 1 : call.wouldBlockExclusive(queue));

    private boolean takeItem() {
        looks.incrementAndGet();
        return items.getAndUpdate(there -> Math.max(0, there - 1)) > 0;
    }

    private List<Background<Integer>> asleep(FopsGate gate, int many) throws Exception {
        List<Background<Integer>> readers = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            OpenFile file = Answers.open(gate);
            // One after the other: the first is oldest. Parked, or one might look once more.
            readers.add(Background.start(() -> Answers.read(file)).awaitWaitingFor(queue));
        }
        looks.set(0);
        return readers;
    }

    /** Runs a read until it sleeps, as a front does. */
    private static void sleep(OpenFile file, NotingRequest request, ThreadlessCaller front)
            throws Exception {
        do {
            assertEquals(
                    Call.WOULD_BLOCK, Threadless.read(file, ByteBuffer.allocateDirect(1), front));
        } while (!file.gate().front().sleep(request, front));
    }

    private void add(int more) {
        items.addAndGet(more);
    }

    @Test
    void aWakeUpWakesTheOneThatSleptLongest() throws Exception {
        for (FopsGate gate : List.of(parking, threadless)) {
            List<Background<Integer>> readers = asleep(gate, 3);
            for (int next = 0; next < 3; next++) {
                add(1);
                queue.wakeUp();
                assertEquals(1, readers.get(next).result(), () -> "overslept in " + gate);
                assertEquals(2 - next, queue.sleepers());
            }
            assertEquals(3, looks.get(), () -> "others were woken for nothing in " + gate);
            assertTrue(gate.unregisterSync());
        }
    }

    @Test
    void aWakeUpOfSoManyWakesSoMany() throws Exception {
        for (FopsGate gate : List.of(parking, threadless)) {
            List<Background<Integer>> readers = asleep(gate, 5);
            add(3);
            queue.wakeUp(3);
            for (Background<Integer> reader : readers.subList(0, 3)) {
                assertEquals(1, reader.result());
            }
            assertEquals(2, queue.sleepers());
            add(2);
            queue.wakeUp(100);
            for (Background<Integer> reader : readers) {
                assertEquals(1, reader.result());
            }
            assertTrue(gate.unregisterSync());
        }
        assertThrows(IllegalArgumentException.class, () -> queue.wakeUp(0));
        assertThrows(IllegalArgumentException.class, () -> queue.wakeUp(-1));
    }

    @Test
    void aWakeUpOfAllWakesAll() throws Exception {
        List<Background<Integer>> parked = asleep(parking, 3);
        List<Background<Integer>> requests = asleep(threadless, 3);
        add(6);
        queue.wakeUpAll();
        for (Background<Integer> reader : parked) {
            assertEquals(1, reader.result());
        }
        for (Background<Integer> reader : requests) {
            assertEquals(1, reader.result());
        }
        assertTrue(GateGroup.of(parking, threadless).unregisterSync());
    }

    @Test
    void anExclusiveSleepEndsWithItsTime() throws Exception {
        ReentrantLock lock = new ReentrantLock();
        List<Boolean> held = new ArrayList<>();
        FopsGate limited =
                Reading.gate(
                        "limited",
                        (file, call) -> {
                            boolean came =
                                    call.awaitExclusive(queue, this::takeItem, 1, MILLISECONDS);
                            lock.lock();
                            try {
                                came |=
                                        call.awaitExclusive(
                                                queue, lock, this::takeItem, 1, MILLISECONDS);
                                held.add(lock.isHeldByCurrentThread());
                            } finally {
                                lock.unlock();
                            }
                            return came ? 1 : 0;
                        });
        assertEquals(0, Answers.read(Answers.open(limited)));
        assertEquals(List.of(true), held);
        assertEquals(0, queue.sleepers());
        assertTrue(limited.unregisterSync());
    }

    /** A wake-up that went to one whose time was over would be missed by the others. */
    @Test
    void aWakeUpGoesToTheNextOnceTheTimeOfTheOldestIsOver() throws Exception {
        AtomicBoolean timedOut = new AtomicBoolean();
        FopsGate limited =
                Reading.gate(
                        "limited",
                        (file, call) -> {
                            boolean came =
                                    call.awaitExclusive(queue, this::takeItem, 200, MILLISECONDS);
                            timedOut.set(!came);
                            return came ? 1 : 0;
                        });
        List<Background<Integer>> oldest = asleep(limited, 1);
        List<Background<Integer>> next = asleep(parking, 1);
        assertEquals(0, oldest.get(0).result());
        assertTrue(timedOut.get());
        add(1);
        queue.wakeUp();
        assertEquals(1, next.get(0).result());
        assertTrue(GateGroup.of(limited, parking).unregisterSync());
    }

    @Test
    void ordinarySleepersAreAllWokenBesideTheOne() throws Exception {
        AtomicBoolean open = new AtomicBoolean();
        FopsGate ordinary =
                Reading.gate(
                        "ordinary",
                        (file, call) -> {
                            call.await(queue, open::get);
                            return 2;
                        });
        List<Background<Integer>> exclusive = asleep(parking, 2);
        List<Background<Integer>> others = asleep(ordinary, 2);
        open.set(true);
        add(1);
        queue.wakeUp();
        for (Background<Integer> reader : others) {
            assertEquals(2, reader.result());
        }
        assertEquals(1, exclusive.get(0).result());
        assertFalse(exclusive.get(1).isDone());
        add(1);
        queue.wakeUp();
        assertEquals(1, exclusive.get(1).result());
        assertTrue(GateGroup.of(parking, ordinary).unregisterSync());
    }

    @Test
    void theRemovalWakesThemAll() throws Exception {
        for (FopsGate gate : List.of(parking, threadless)) {
            List<Background<Integer>> readers = asleep(gate, 3);
            assertTrue(gate.unregisterSync());
            for (Background<Integer> reader : readers) {
                Answers.assertErrno(Errno.ENODEV, reader.failure(), "sleeps on a removed device");
            }
            assertEquals(0, queue.sleepers());
        }
    }

    /** Both have what they need to go: an item and an interrupt. Neither may be lost. */
    @Test
    void anInterruptedSleeperPassesItsWakeUpOn() throws Exception {
        for (FopsGate gate : List.of(parking, threadless)) {
            for (int round = 0; round < 50; round++) {
                List<Background<Integer>> readers = asleep(gate, 2);
                Background<Integer> interrupter =
                        Background.start(
                                () -> {
                                    readers.get(0).thread().interrupt();
                                    return 0;
                                });
                add(1);
                queue.wakeUp();
                interrupter.result();
                Eventually.until(
                        "the item to be taken; a reader sleeps beside it", () -> items.get() == 0);
                Eventually.until(
                        "the interrupted one or the one with the item to return",
                        () -> readers.get(0).isDone() || readers.get(1).isDone());
                add(2);
                queue.wakeUpAll();
                for (Background<Integer> reader : readers) {
                    Eventually.until("a reader to return", reader::isDone);
                }
                items.set(0);
            }
            assertTrue(gate.unregisterSync());
        }
    }

    @Test
    void aSleeperWhoseConditionThrowsPassesItsWakeUpOn() throws Exception {
        AtomicBoolean late = new AtomicBoolean();
        FopsGate throwing =
                Reading.gate(
                        "throwing",
                        (file, call) -> {
                            call.awaitExclusive(
                                    queue,
                                    () -> {
                                        if (late.get()) {
                                            throw new IllegalStateException("broken");
                                        }
                                        return false;
                                    });
                            return 1;
                        });
        Background<Integer> broken = asleep(throwing, 1).get(0);
        Background<Integer> reader = asleep(parking, 1).get(0);
        late.set(true);
        add(1);
        List<String> log =
                CapturedLog.during(
                        () -> {
                            queue.wakeUp();
                            Answers.assertErrno(Errno.EIO, broken.failure(), "another answer");
                        });
        assertTrue(log.stream().anyMatch(line -> line.contains("broken")), log::toString);
        assertEquals(1, reader.result(), "the wake-up went down with a broken driver");
        assertTrue(GateGroup.of(parking, throwing).unregisterSync());
    }

    /** A request that was woken and is to be run again when its device goes has taken nothing. */
    @Test
    void aRemovedRequestPassesItsWakeUpOnToAnotherDevice() throws Exception {
        FopsGate removed = Reading.gate("removed", (file, call) -> call.wouldBlockExclusive(queue));
        OpenFile file = Answers.open(removed);
        NotingRequest request = new NotingRequest();
        ThreadlessCaller front = new ThreadlessCaller();
        sleep(file, request, front);
        Background<Integer> reader = asleep(parking, 1).get(0);
        add(1);
        queue.wakeUp();
        assertEquals(List.of("run again"), request.told);
        removed.unregisterSync(); // before the front has run it again
        Answers.assertErrno(
                Errno.ENODEV,
                () -> Threadless.read(file, ByteBuffer.allocateDirect(1), front),
                "alive");
        assertEquals(1, reader.result(), "a reader sleeps beside an item");
        assertTrue(parking.unregisterSync());
    }

    @Test
    void aParkedSleeperOfARemovedDevicePassesItsWakeUpOn() throws Exception {
        for (int round = 0; round < 50; round++) {
            FopsGate removed = FopsGate.of("removed", parkingDriver());
            Background<Integer> first = asleep(removed, 1).get(0);
            Background<Integer> second = asleep(parking, 1).get(0);
            add(1);
            Background<Boolean> remover = Background.start(removed::unregisterSync);
            queue.wakeUp();
            assertTrue(remover.result());
            Eventually.until(
                    "the item to be taken; a reader sleeps beside it", () -> items.get() == 0);
            Eventually.until("the first one to return", first::isDone);
            add(1);
            queue.wakeUpAll();
            assertEquals(1, second.result());
            items.set(0);
        }
        assertTrue(parking.unregisterSync());
    }

    @Test
    void aFrontThatCannotRunTheRequestAgainPassesItsWakeUpOn() throws Exception {
        OpenFile file = Answers.open(threadless);
        ThreadlessCaller front = new ThreadlessCaller();
        NotingRequest died = new NotingRequest();
        sleep(file, died, front);
        Background<Integer> reader = asleep(threadless, 1).get(0);
        add(1);
        queue.wakeUp();
        assertEquals(List.of("run again"), died.told);
        assertFalse(reader.isDone());
        died.passOnWakeUp();
        assertEquals(1, reader.result());
        assertTrue(threadless.unregisterSync());
    }

    /** Producers and consumers in disorder: whatever the interleaving, every item finds a taker. */
    @Test
    void noItemIsLeftWithSleepersBesideIt() throws Exception {
        int many = 8;
        int each = 500;
        List<Background<Integer>> consumers = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            FopsGate gate = i % 2 == 0 ? parking : threadless;
            OpenFile file = Answers.open(gate);
            consumers.add(
                    Background.start(
                            () -> {
                                int sum = 0;
                                for (int n = 0; n < each; n++) {
                                    sum += Answers.read(file);
                                }
                                return sum;
                            }));
        }
        Background<Integer> producer =
                Background.start(
                        () -> {
                            for (int n = 0; n < many * each / 2; n++) {
                                add(1);
                                queue.wakeUp();
                            }
                            return 0;
                        });
        for (int n = 0; n < many * each / 2; n++) {
            add(1);
            queue.wakeUp();
        }
        producer.result();
        for (Background<Integer> consumer : consumers) {
            assertEquals(each, consumer.result());
        }
        assertTrue(GateGroup.of(parking, threadless).unregisterSync());
    }

    /** A queue that the gate has never slept on, and never will: its removal has begun. */
    @Test
    void aRequestThatCameTooLateToSleepPassesAWakeUpOnToo() throws Exception {
        FopsGate gate =
                Reading.builder("tty", (file, call) -> call.wouldBlockExclusive(queue))
                        .removalProfile(RemovalProfile.TTY)
                        .build();
        ThreadlessCaller front = new ThreadlessCaller();
        OpenFile file = gate.front().newFile(0, front);
        gate.front().open(file, front);
        assertEquals(Call.WOULD_BLOCK, Threadless.read(file, ByteBuffer.allocateDirect(1), front));
        gate.beginRemoval();
        Background<Integer> other = asleep(parking, 1).get(0);
        NotingRequest late = new NotingRequest();
        assertTrue(gate.front().sleep(late, front), "not told of the removal");
        assertEquals(List.of("removed with 0"), late.told);
        add(1);
        late.passOnWakeUp();
        assertEquals(1, other.result(), "the wake-up is lost, and a reader sleeps on");
        assertTrue(GateGroup.of(gate, parking).unregisterSync());
    }
}
