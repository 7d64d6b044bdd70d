package org.cdevgate.gate.diagnostics.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

/** What a report says that a thread waits for. */
class WaitsOnTest {
    private final ThreadGraph graph = new ThreadGraph();
    private final CountDownLatch end = new CountDownLatch(1);
    private final AtomicBoolean stop = new AtomicBoolean();

    private String waitsOn(StuckThread worker) {
        return graph.waitsOn(worker.thread());
    }

    @Test
    void aMonitorIsToldWithItsHolder() throws Exception {
        Object lock = new Object();
        StuckThread worker;
        synchronized (lock) {
            worker =
                    StuckThread.start("fuse-3", () -> ThreadGraphTest.enter(lock))
                            .awaitBlockedOn(lock);
            assertEquals(
                    "blocked on "
                            + ThreadGraphTest.identity(lock)
                            + ", held by thread "
                            + Thread.currentThread().getName(),
                    waitsOn(worker));
        }
        worker.join();
    }

    @Test
    void aLockObjectIsToldWithItsHolder() throws Exception {
        ReentrantLock lock = new ReentrantLock(true);
        StuckThread worker;
        lock.lock();
        try {
            worker =
                    StuckThread.start("fuse-3", () -> ThreadGraphTest.enter(lock))
                            .awaitParkedIn("locks.ReentrantLock$FairSync");
            assertEquals(
                    "waits for java.util.concurrent.locks.ReentrantLock$FairSync@X, held by thread "
                            + Thread.currentThread().getName(),
                    waitsOn(worker).replaceAll("@[0-9a-f]+", "@X"));
        } finally {
            lock.unlock();
        }
        worker.join();
    }

    @Test
    void aLatchIsToldWithItsState() throws Exception {
        StuckThread worker =
                StuckThread.start("fuse-3", () -> StuckThread.await(end))
                        .awaitParkedIn("CountDownLatch$Sync");
        assertEquals(
                "parked on java.util.concurrent.CountDownLatch$Sync@X[State = 1, nonempty queue]",
                waitsOn(worker).replaceAll("@[0-9a-f]+", "@X"));
        end.countDown();
        worker.join();
    }

    /** What a driver may park on; its text is made under its own lock. */
    private static final class Blocker {
        @Override
        public synchronized String toString() {
            throw new AssertionError("a report runs the driver's code");
        }
    }

    @Test
    void aBlockerOfTheDriversIsToldByItsClassWithoutRunningItsCode() throws Exception {
        Blocker blocker = new Blocker();
        StuckThread worker =
                StuckThread.start(
                                "fuse-3",
                                () -> {
                                    while (!stop.get()) {
                                        LockSupport.park(blocker);
                                    }
                                })
                        .awaitWaitingFor(blocker);
        StuckThread holder;
        CountDownLatch held = new CountDownLatch(1);
        holder =
                StuckThread.start(
                        "holder",
                        () -> {
                            synchronized (blocker) {
                                held.countDown();
                                StuckThread.await(end);
                            }
                        });
        StuckThread.await(held);
        assertEquals("parked on " + ThreadGraphTest.identity(blocker), waitsOn(worker));
        end.countDown();
        holder.join();
        stop.set(true);
        LockSupport.unpark(worker.thread());
        worker.join();
    }

    @Test
    void aThreadParkedOnNothingIsToldSo() throws Exception {
        StuckThread worker =
                StuckThread.start(
                                "fuse-3",
                                () -> {
                                    while (!stop.get()) {
                                        LockSupport.park();
                                    }
                                })
                        .awaitInside("park", Thread.State.WAITING);
        assertEquals("parked", waitsOn(worker));
        stop.set(true);
        LockSupport.unpark(worker.thread());
        worker.join();
    }

    @Test
    void objectWaitIsToldWithItsObject() throws Exception {
        Object lock = new Object();
        StuckThread worker =
                StuckThread.start(
                                "fuse-3",
                                () -> {
                                    synchronized (lock) {
                                        while (!stop.get()) {
                                            lock.wait();
                                        }
                                    }
                                })
                        .awaitWaitingFor(lock);
        assertEquals("in Object.wait of " + ThreadGraphTest.identity(lock), waitsOn(worker));
        synchronized (lock) {
            stop.set(true);
            lock.notifyAll();
        }
        worker.join();
    }

    @Test
    void aSleepingThreadIsToldAsSleeping() throws Exception {
        StuckThread worker =
                StuckThread.start(
                                "fuse-3",
                                () -> {
                                    try {
                                        Thread.sleep(60_000);
                                    } catch (InterruptedException e) {
                                        stop.set(true);
                                    }
                                })
                        .awaitInside("sleep", Thread.State.TIMED_WAITING);
        assertEquals("sleeping", waitsOn(worker));
        worker.thread().interrupt();
        worker.join();
        assertTrue(stop.get());
    }

    @Test
    void aSystemCallIsToldWithTheMethodThatMadeIt() throws Exception {
        Pipe pipe = Pipe.open();
        StuckThread worker =
                StuckThread.start("fuse-3", () -> pipe.source().read(ByteBuffer.allocate(1)))
                        .awaitInside("read0");
        String text = waitsOn(worker);
        assertTrue(
                text.startsWith("running in native code or a system call (sun.nio.ch.")
                        && text.endsWith(".read0)"),
                text);
        pipe.sink().write(ByteBuffer.wrap(new byte[] {1}));
        worker.join();
        pipe.sink().close();
        pipe.source().close();
    }

    @Test
    void aBusyThreadIsToldWithWhereItIs() throws Exception {
        StuckThread worker = StuckThread.start("fuse-3", this::spin).awaitInside("spin");
        String text = waitsOn(worker);
        assertTrue(text.startsWith("running ("), text);
        assertTrue(!text.contains("native"), text);
        stop.set(true);
        worker.join();
    }

    private void spin() {
        long turns = 0;
        while (!stop.get()) {
            turns++;
        }
        assertTrue(turns >= 0);
    }

    @Test
    void aThreadThatIsNotThereWaitsForNothing() throws Exception {
        assertNull(graph.waitsOn(new Thread(() -> {})), "it has not started");
        StuckThread worker = StuckThread.start("fuse-3", () -> {});
        worker.join();
        assertNull(waitsOn(worker), "it has ended");
    }

    /** Before JDK 21 there are none. */
    private static Thread startVirtual(Runnable body) throws ReflectiveOperationException {
        Method start;
        try {
            start = Thread.class.getMethod("startVirtualThread", Runnable.class);
        } catch (NoSuchMethodException e) {
            start = null;
        }
        assumeTrue(start != null, "this JDK has no virtual threads");
        return (Thread) start.invoke(null, body);
    }

    @Test
    void aVirtualThreadIsToldByWhatItIsParkedOn() throws Exception {
        CountDownLatch waiting = new CountDownLatch(1);
        Thread virtual =
                startVirtual(
                        () -> {
                            try {
                                StuckThread.await(waiting);
                            } catch (InterruptedException e) {
                                throw new AssertionError(e);
                            }
                        });
        StuckThread.until(
                "it to park",
                () ->
                        LockSupport.getBlocker(virtual) != null
                                && virtual.getState() == Thread.State.TIMED_WAITING);
        String text = graph.waitsOn(virtual);
        assertTrue(text.startsWith("parked on java.util.concurrent.CountDownLatch$Sync@"), text);
        assertEquals(List.of(), graph.selfWaits(Thread.currentThread(), Map.of(virtual, "read")));
        waiting.countDown();
        virtual.join();
        assertNull(graph.waitsOn(virtual));
    }

    @Test
    void aVirtualRemoverIsKnownAsTheOwnerOfALockObject() throws Exception {
        ReentrantLock lock = new ReentrantLock();
        Object monitor = new Object();
        CountDownLatch held = new CountDownLatch(1);
        Thread virtual =
                startVirtual(
                        () -> {
                            lock.lock();
                            try {
                                synchronized (monitor) {
                                    held.countDown();
                                    StuckThread.await(end);
                                }
                            } catch (InterruptedException e) {
                                throw new AssertionError(e);
                            } finally {
                                lock.unlock();
                            }
                        });
        StuckThread.await(held);
        StuckThread wantsLock =
                StuckThread.start("fuse-3", () -> ThreadGraphTest.enter(lock))
                        .awaitParkedIn("locks.ReentrantLock$NonfairSync");
        StuckThread wantsMonitor =
                StuckThread.start("fuse-4", () -> ThreadGraphTest.enter(monitor))
                        // newer JDKs do not tell which monitor it is if a virtual thread has it
                        .awaitInside("enter", Thread.State.BLOCKED);
        List<SelfWait> found =
                graph.selfWaits(
                        virtual, Map.of(wantsLock.thread(), "read", wantsMonitor.thread(), "poll"));
        assertTrue(
                found.stream().anyMatch(each -> each.links().get(0).threadName().equals("fuse-3")),
                "the removal hangs and nobody is told why: " + found);
        assertTrue(
                waitsOn(wantsMonitor).startsWith("blocked on "),
                "it passes for busy: " + waitsOn(wantsMonitor));
        end.countDown();
        wantsLock.join();
        wantsMonitor.join();
        virtual.join();
    }
}
