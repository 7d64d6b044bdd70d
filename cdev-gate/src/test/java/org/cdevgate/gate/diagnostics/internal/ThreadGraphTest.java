package org.cdevgate.gate.diagnostics.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;
import static org.mockito.Mockito.withSettings;

import java.lang.management.LockInfo;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.junit.jupiter.api.Test;

/** Indirect self-waits. The removers are the tests' own threads: they hold what others want. */
class ThreadGraphTest {
    private final ThreadGraph graph = new ThreadGraph();
    private final Thread remover = Thread.currentThread();
    private final CountDownLatch end = new CountDownLatch(1);

    static String identity(Object object) {
        return object.getClass().getName()
                + "@"
                + Integer.toHexString(System.identityHashCode(object));
    }

    static void enter(Object lock) {
        synchronized (lock) {
            Thread.onSpinWait();
        }
    }

    static void enter(Lock lock) {
        lock.lock();
        try {
            Thread.onSpinWait();
        } finally {
            lock.unlock();
        }
    }

    private String paragraph(StuckThread worker, String call) {
        List<SelfWait> found = graph.selfWaits(remover, Map.of(worker.thread(), call));
        assertEquals(1, found.size(), "a removal hangs and nobody is told why: " + found);
        return found.get(0).toString();
    }

    @Test
    void aCallThatWantsAMonitorOfTheRemoversIsNamedWithTheRemedy() throws Exception {
        Object lock = new Object();
        StuckThread call;
        synchronized (lock) {
            call = StuckThread.start("fuse-3", () -> enter(lock)).awaitBlockedOn(lock);
            assertEquals(
                    "thread fuse-3 (read of ttyS0) is blocked on "
                            + identity(lock)
                            + ", which is held by thread "
                            + remover.getName()
                            + ", which waits for this removal: release "
                            + identity(lock)
                            + " before unregisterSync()",
                    paragraph(call, "read of ttyS0"));
        }
        call.join();
        assertEquals(
                List.of(),
                graph.selfWaits(remover, Map.of(call.thread(), "read")),
                "a lock that was released is blamed");
    }

    @Test
    void soIsOneThatWantsALockObject() throws Exception {
        ReentrantLock lock = new ReentrantLock();
        ReentrantReadWriteLock readWrite = new ReentrantReadWriteLock();
        lock.lock();
        readWrite.writeLock().lock();
        StuckThread writer;
        StuckThread reader;
        try {
            writer =
                    StuckThread.start("fuse-3", () -> enter(lock))
                            .awaitParkedIn("locks.ReentrantLock$NonfairSync");
            reader =
                    StuckThread.start("fuse-4", () -> enter(readWrite.readLock()))
                            .awaitParkedIn("locks.ReentrantReadWriteLock$NonfairSync");
            String text = paragraph(writer, "write of ttyS0");
            assertEquals(
                    "thread fuse-3 (write of ttyS0) waits for"
                            + " java.util.concurrent.locks.ReentrantLock$NonfairSync@X, which is held"
                            + " by thread "
                            + remover.getName()
                            + ", which waits for this removal: release"
                            + " java.util.concurrent.locks.ReentrantLock$NonfairSync@X before"
                            + " unregisterSync()",
                    text.replaceAll("@[0-9a-f]+", "@X"));
            List<SelfWait> both =
                    graph.selfWaits(
                            remover, Map.of(writer.thread(), "write", reader.thread(), "read"));
            assertEquals(2, both.size(), "one culprit hides another: " + both);
        } finally {
            readWrite.writeLock().unlock();
            lock.unlock();
        }
        writer.join();
        reader.join();
    }

    @Test
    void aChainThroughAThirdThreadIsFollowedToItsEnd() throws Exception {
        Object outer = new Object();
        ReentrantLock inner = new ReentrantLock();
        StuckThread between;
        StuckThread call;
        inner.lock();
        try {
            between =
                    StuckThread.start(
                                    "timer",
                                    () -> {
                                        synchronized (outer) {
                                            enter(inner);
                                        }
                                    })
                            .awaitParkedIn("locks.ReentrantLock$NonfairSync");
            call = StuckThread.start("fuse-3", () -> enter(outer)).awaitBlockedOn(outer);
            SelfWait found =
                    graph.selfWaits(remover, Map.of(call.thread(), "read of ttyS0")).get(0);
            assertEquals(
                    "thread fuse-3 (read of ttyS0) is blocked on "
                            + identity(outer)
                            + ", which is held by thread timer, which waits for "
                            + found.links().get(1).lock()
                            + ", which is held by thread "
                            + remover.getName()
                            + ", which waits for this removal: release "
                            + found.links().get(1).lock()
                            + " before unregisterSync()",
                    found.toString());
            assertEquals(call.thread().getId(), found.links().get(0).threadId());
            assertEquals(between.thread().getId(), found.links().get(1).threadId());
            assertEquals(remover.getId(), found.removerId());
        } finally {
            inner.unlock();
        }
        call.join();
        between.join();
    }

    @Test
    void aCallThatWaitsForSomebodyElseIsNotTheRemoversDoing() throws Exception {
        Object lock = new Object();
        StuckThread holder =
                StuckThread.start(
                                "holder",
                                () -> {
                                    synchronized (lock) {
                                        StuckThread.await(end);
                                    }
                                })
                        .awaitParkedIn("CountDownLatch$Sync");
        StuckThread call = StuckThread.start("fuse-3", () -> enter(lock)).awaitBlockedOn(lock);
        assertEquals(
                List.of(),
                graph.selfWaits(remover, Map.of(call.thread(), "read", holder.thread(), "poll")),
                "an innocent remover is blamed");
        end.countDown();
        call.join();
        holder.join();
    }

    @Test
    void aDeadlockOfOthersIsNotFollowedForEver() throws Exception {
        ReentrantLock first = new ReentrantLock();
        ReentrantLock second = new ReentrantLock();
        CountDownLatch bothHeld = new CountDownLatch(2);
        StuckThread one =
                StuckThread.start(
                        "one",
                        () ->
                                assertThrows(
                                        InterruptedException.class,
                                        () -> lockBoth(first, second, bothHeld)));
        StuckThread two = StuckThread.start("two", () -> lockBoth(second, first, bothHeld));
        StuckThread.until(
                "the deadlock",
                () -> first.hasQueuedThread(two.thread()) && second.hasQueuedThread(one.thread()));
        one.awaitParkedIn("locks.ReentrantLock$NonfairSync");
        two.awaitParkedIn("locks.ReentrantLock$NonfairSync");
        assertEquals(
                List.of(),
                graph.selfWaits(remover, Map.of(one.thread(), "read", two.thread(), "write")));
        one.thread().interrupt(); // gives the other what it waits for
        one.join();
        two.join();
    }

    private static void lockBoth(ReentrantLock mine, ReentrantLock other, CountDownLatch bothHeld)
            throws InterruptedException {
        mine.lock();
        try {
            bothHeld.countDown();
            StuckThread.await(bothHeld);
            other.lockInterruptibly();
            other.unlock();
        } finally {
            mine.unlock();
        }
    }

    @Test
    void aSleeperInObjectWaitDoesNotWaitForWhoeverHoldsTheMonitor() throws Exception {
        Object lock = new Object();
        StuckThread call =
                StuckThread.start(
                                "fuse-3",
                                () -> {
                                    synchronized (lock) {
                                        while (end.getCount() > 0) {
                                            lock.wait();
                                        }
                                    }
                                })
                        .awaitWaitingFor(lock);
        synchronized (lock) {
            assertEquals(
                    List.of(),
                    graph.selfWaits(remover, Map.of(call.thread(), "read")),
                    "a sleeper that a notify() would wake passes for a deadlock");
            end.countDown();
            lock.notifyAll();
            call.awaitBlockedOn(lock);
            assertEquals(1, graph.selfWaits(remover, Map.of(call.thread(), "read")).size());
        }
        call.join();
    }

    @Test
    void theRemoversOwnCallIsLeftOut() throws Exception {
        Object lock = new Object();
        StuckThread call;
        synchronized (lock) {
            call = StuckThread.start("fuse-3", () -> enter(lock)).awaitBlockedOn(lock);
            List<SelfWait> found =
                    graph.selfWaits(remover, Map.of(remover, "ioctl", call.thread(), "read"));
            assertEquals(
                    List.of("fuse-3"),
                    found.stream().map(each -> each.links().get(0).threadName()).toList());
        }
        call.join();
        assertEquals(List.of(), graph.selfWaits(remover, Map.of(remover, "ioctl")));
        assertEquals(List.of(), graph.selfWaits(remover, Map.of()));
    }

    @Test
    void aChainThatIsGoneAtTheSecondLookIsNotReported() {
        Thread call = new Thread(() -> {}, "fuse-3");
        ThreadInfo blocked = mock(ThreadInfo.class);
        when(blocked.getThreadId()).thenReturn(call.getId());
        when(blocked.getThreadState()).thenReturn(Thread.State.BLOCKED);
        when(blocked.getLockInfo()).thenReturn(new LockInfo("java.lang.Object", 0x1b2c));
        when(blocked.getLockOwnerId()).thenReturn(remover.getId());
        when(blocked.getStackTrace()).thenReturn(new StackTraceElement[0]);
        ThreadMXBean passing = mock(ThreadMXBean.class);
        when(passing.getThreadInfo(any(long[].class), anyInt()))
                .thenReturn(new ThreadInfo[] {blocked})
                .thenReturn(new ThreadInfo[1]);
        assertEquals(
                List.of(),
                new ThreadGraph(() -> passing).selfWaits(remover, Map.of(call, "read")),
                "two moments are taken for one");
        ThreadMXBean lasting = mock(ThreadMXBean.class);
        when(lasting.getThreadInfo(any(long[].class), anyInt()))
                .thenReturn(new ThreadInfo[] {blocked});
        assertEquals(
                1, new ThreadGraph(() -> lasting).selfWaits(remover, Map.of(call, "read")).size());
    }

    /** Each waits for the next, the last for the remover. */
    @Test
    void hundredsOfCallsInOneLongChainAreToldInAFewPages() {
        Map<Thread, String> calls = new LinkedHashMap<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            threads.add(new Thread(() -> {}, "fuse-" + i));
        }
        threads.add(remover);
        Map<Long, ThreadInfo> byId = new HashMap<>();
        for (int i = 0; i < 300; i++) {
            Thread thread = threads.get(i);
            // Each is asked for each chain that leads through it: keeping that takes Mockito 15 s.
            ThreadInfo blocked = mock(ThreadInfo.class, withSettings().stubOnly());
            when(blocked.getThreadId()).thenReturn(thread.getId());
            when(blocked.getThreadState()).thenReturn(Thread.State.BLOCKED);
            when(blocked.getThreadName()).thenReturn(thread.getName());
            when(blocked.getLockInfo()).thenReturn(new LockInfo("java.lang.Object", i));
            when(blocked.getLockOwnerId()).thenReturn(threads.get(i + 1).getId());
            when(blocked.getStackTrace()).thenReturn(new StackTraceElement[0]);
            byId.put(thread.getId(), blocked);
            calls.put(thread, "read");
        }
        ThreadMXBean bean = mock(ThreadMXBean.class);
        when(bean.getThreadInfo(any(long[].class), anyInt()))
                .thenAnswer(
                        look ->
                                Arrays.stream(look.<long[]>getArgument(0))
                                        .mapToObj(byId::get)
                                        .toArray(ThreadInfo[]::new));
        List<SelfWait> found = new ThreadGraph(() -> bean).selfWaits(remover, calls);
        assertEquals(100, found.size());
        String longest = found.get(0).toString();
        assertTrue(longest.startsWith("thread fuse-0 (read) is blocked on"), longest);
        assertTrue(longest.contains("and so through 280 more, to thread fuse-290 (read)"), longest);
        assertTrue(longest.length() < 4_000, longest);
    }

    /** The JVM loads its library for this late: a first look fails without a descriptor. */
    @Test
    void whereTheJvmCannotLoadItsLibraryNothingIsFoundAndNothingFails() throws Exception {
        StuckThread call =
                StuckThread.start("fuse-3", () -> StuckThread.await(end))
                        .awaitParkedIn("CountDownLatch$Sync");
        ThreadGraph blind =
                new ThreadGraph(
                        () -> {
                            throw new NoClassDefFoundError("ManagementFactory");
                        });
        assertEquals(List.of(), blind.selfWaits(remover, Map.of(call.thread(), "read")));
        assertEquals(
                "parked on java.util.concurrent.CountDownLatch$Sync",
                blind.waitsOn(call.thread()).replaceAll("@.*", ""),
                "what is known without it is not told");
        end.countDown();
        call.join();
    }

    @Test
    void whereLookingIsNotAllowedNothingIsFoundAndNothingFails() throws Exception {
        StuckThread call =
                StuckThread.start("fuse-3", () -> StuckThread.await(end))
                        .awaitParkedIn("CountDownLatch$Sync");
        List<Throwable> refusals =
                List.of(
                        new SecurityException("no"),
                        new UnsupportedOperationException(),
                        // without a free descriptor, at the first look and at later ones
                        new ServiceConfigurationError("Too many open files"),
                        new NoClassDefFoundError("ManagementFactory$PlatformMBeanFinder"));
        for (Throwable refusal : refusals) {
            ThreadMXBean refusing = mock(ThreadMXBean.class);
            when(refusing.getThreadInfo(any(long[].class), anyInt())).thenThrow(refusal);
            ThreadGraph blind = new ThreadGraph(() -> refusing);
            assertEquals(List.of(), blind.selfWaits(remover, Map.of(call.thread(), "read")));
            assertEquals(
                    "parked on java.util.concurrent.CountDownLatch$Sync",
                    blind.waitsOn(call.thread()).replaceAll("@.*", ""),
                    "what is known without it is not told");
        }
        end.countDown();
        call.join();
    }
}
