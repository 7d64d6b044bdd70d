package org.cdevgate.gate.diagnostics.internal;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.AbstractQueuedSynchronizer;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who waits for whose lock, as the JVM knows it: monitors, and locks of java.util.concurrent that
 * have one owner. Not known to it, and so not found, are the owners of semaphores, latches, read
 * locks and {@link java.util.concurrent.locks.StampedLock}s, waits for a thread or a future, and
 * what virtual threads wait for, except that a virtual thread is known as the owner of a lock of
 * java.util.concurrent.
 *
 * <p>Advisory: it tells of a moment that is over when the answer is read. Nothing here fails; what
 * cannot be found out is not told. All methods may be called by any thread; each stops all threads
 * of the JVM for a moment, so they are for slow drains, not for every call.
 */
public final class ThreadGraph {
    private static final Logger LOG = LoggerFactory.getLogger(ThreadGraph.class);

    /** So many self-waits are told of. */
    static final int MOST_FOUND = 100;

    /** So many threads are looked at in one safepoint, but for the last look. */
    private static final int AT_ONCE = 256;

    // Asked for at each look: the JVM loads a library for the first one, which fails when the
    // process may have no more descriptors.
    private final Supplier<ThreadMXBean> threads;

    /** The graph of this JVM's threads. */
    public ThreadGraph() {
        this(ManagementFactory::getThreadMXBean);
    }

    ThreadGraph(Supplier<ThreadMXBean> threads) {
        this.threads = threads;
    }

    /**
     * Finds the calls that wait for a lock of the thread that waits for them.
     *
     * @param remover the thread that waits for the removal, in whatever state
     * @param calls the threads that have a call in flight, each with what that is ("read of
     *     ttyS0"); the remover itself is ignored
     * @return one self-wait for each such call, of {@value #MOST_FOUND} at most; empty if there is
     *     none or it cannot be known
     */
    public List<SelfWait> selfWaits(Thread remover, Map<Thread, String> calls) {
        Objects.requireNonNull(remover, "remover");
        Objects.requireNonNull(calls, "calls");
        Map<Long, String> callsById = new HashMap<>();
        Set<Long> starts = new LinkedHashSet<>();
        calls.forEach(
                (thread, call) -> {
                    if (thread != remover) {
                        starts.add(thread.getId());
                        callsById.put(thread.getId(), call);
                    }
                });
        try {
            // Owners are only known once their waiters were looked at, so this view is pieced
            // together from several moments. What it shows is looked at again in a single one.
            Map<Long, @Nullable ThreadInfo> pieced = new HashMap<>();
            Set<Long> unseen = starts;
            while (!unseen.isEmpty()) {
                look(unseen, pieced);
                unseen = ownersNotIn(pieced, remover);
            }
            Set<Long> involved = new HashSet<>();
            for (long start : thoseThatReach(remover, starts, pieced)) {
                chain(start, remover, pieced).forEach(info -> involved.add(info.getThreadId()));
            }
            Map<Long, @Nullable ThreadInfo> confirmed = new HashMap<>();
            lookAtOnce(involved, confirmed);
            List<SelfWait> found = new ArrayList<>();
            for (long start : starts) {
                if (found.size() < MOST_FOUND && involved.contains(start)) {
                    List<ThreadInfo> chain = chain(start, remover, confirmed);
                    if (!chain.isEmpty()) {
                        found.add(selfWait(chain, remover, callsById));
                    }
                }
            }
            return found;
        } catch (RuntimeException | Error e) {
            // Of the JDK's: it finds its provider of such looks when it is asked first, and fails
            // in
            // many ways, without a free descriptor too. A removal's outcome does not depend on it.
            LOG.debug("who waits for the remover's locks is not known", e);
            return List.of();
        }
    }

    /** Looks at threads, some at a time: all of them at once would stop the JVM for long. */
    private void look(Collection<Long> ids, Map<Long, @Nullable ThreadInfo> into) {
        List<Long> some = new ArrayList<>();
        for (Long id : ids) {
            some.add(id);
            if (some.size() == AT_ONCE) {
                lookAtOnce(some, into);
                some.clear();
            }
        }
        lookAtOnce(some, into);
    }

    /** One snapshot of threads; those that have ended and virtual ones are left out. */
    private void lookAtOnce(Collection<Long> ids, Map<Long, @Nullable ThreadInfo> into) {
        long[] array = ids.stream().mapToLong(Long::longValue).filter(id -> id > 0).toArray();
        // With a frame of each stack it is taken in one safepoint; without, thread by thread.
        ThreadInfo[] infos =
                array.length == 0 ? new ThreadInfo[0] : threads.get().getThreadInfo(array, 1);
        for (long id : ids) {
            into.put(id, null);
        }
        for (ThreadInfo info : infos) {
            if (info != null) {
                into.put(info.getThreadId(), info);
            }
        }
    }

    /**
     * The first of these whose chains end at the remover. Each thread is passed once, however many
     * chains lead through it.
     */
    private static List<Long> thoseThatReach(
            Thread remover, Set<Long> starts, Map<Long, @Nullable ThreadInfo> seen) {
        List<Long> found = new ArrayList<>();
        Map<Long, Boolean> reaches = new HashMap<>();
        reaches.put(remover.getId(), true);
        List<Long> path = new ArrayList<>();
        for (long start : starts) {
            long id = start;
            while (id > 0 && !reaches.containsKey(id)) {
                reaches.put(id, false); // until the end of the path is known; a circle has none
                path.add(id);
                id = lockOwner(seen.get(id));
            }
            boolean reached = reaches.getOrDefault(id, false);
            path.forEach(passed -> reaches.put(passed, reached));
            path.clear();
            if (reached && found.size() < MOST_FOUND) {
                found.add(start);
            }
        }
        return found;
    }

    private static Set<Long> ownersNotIn(Map<Long, @Nullable ThreadInfo> seen, Thread remover) {
        Set<Long> owners = new HashSet<>();
        for (ThreadInfo info : seen.values()) {
            long owner = lockOwner(info);
            if (owner > 0 && owner != remover.getId() && !seen.containsKey(owner)) {
                owners.add(owner);
            }
        }
        return owners;
    }

    /** The threads from a call to the one that waits for the remover; empty if none does. */
    private static List<ThreadInfo> chain(
            long start, Thread remover, Map<Long, @Nullable ThreadInfo> seen) {
        List<ThreadInfo> chain = new ArrayList<>();
        Set<Long> visited = new HashSet<>();
        for (long id = start; visited.add(id); ) {
            ThreadInfo info = seen.get(id);
            long owner = lockOwner(info);
            if (info == null || owner < 0) {
                return List.of();
            }
            chain.add(info);
            if (owner == remover.getId()) {
                return chain;
            }
            id = owner;
        }
        return List.of(); // a deadlock of others
    }

    /** The thread that must release a lock before this one goes on, or -1. */
    private static long lockOwner(@Nullable ThreadInfo info) {
        if (info == null || info.getLockInfo() == null || isInObjectWait(info)) {
            return -1;
        }
        return info.getLockOwnerId();
    }

    /**
     * Whether it waits to be notified: whoever owns the monitor meanwhile is not what it waits for.
     */
    private static boolean isInObjectWait(ThreadInfo info) {
        StackTraceElement top = topFrame(info);
        return info.getThreadState() != Thread.State.BLOCKED
                && top != null
                && top.getClassName().equals(Object.class.getName());
    }

    private static @Nullable StackTraceElement topFrame(ThreadInfo info) {
        StackTraceElement[] stack = info.getStackTrace();
        return stack.length == 0 ? null : stack[0];
    }

    private static SelfWait selfWait(
            List<ThreadInfo> chain, Thread remover, Map<Long, String> callsById) {
        List<SelfWait.Link> links = new ArrayList<>();
        for (ThreadInfo info : chain) {
            links.add(
                    new SelfWait.Link(
                            info.getThreadId(),
                            info.getThreadName(),
                            callsById.get(info.getThreadId()),
                            info.getLockInfo().toString(),
                            info.getThreadState() == Thread.State.BLOCKED));
        }
        return new SelfWait(links, remover.getId(), remover.getName());
    }

    /**
     * What a thread waits for, in a phrase that can follow its name: {@code blocked on
     * java.lang.Object@1b2c, held by thread main}, {@code parked on
     * java.util.concurrent.CountDownLatch$Sync@5f0a[State = 1, nonempty queue]}, {@code in
     * Object.wait of java.lang.Object@1b2c}, {@code sleeping}, {@code running in native code or a
     * system call (java.io.FileInputStream.readBytes)}, {@code running (org.example.Uart.read)}.
     *
     * <p>Runs no code of the objects waited on: their methods may take the very locks that are
     * wanted.
     *
     * @return the phrase, or null if the thread has not started or has ended
     */
    public @Nullable String waitsOn(Thread thread) {
        Thread.State state = Objects.requireNonNull(thread, "thread").getState();
        if (state == Thread.State.NEW || state == Thread.State.TERMINATED) {
            return null;
        }
        ThreadInfo info = infoOrNull(thread);
        if (info == null) {
            return withoutInfo(state, LockSupport.getBlocker(thread));
        }
        StackTraceElement top = topFrame(info);
        String where =
                top == null ? "" : " (" + top.getClassName() + "." + top.getMethodName() + ")";
        return switch (info.getThreadState()) {
            case NEW, TERMINATED -> null;
            case BLOCKED -> "blocked on " + info.getLockInfo() + heldBy(info);
            case WAITING, TIMED_WAITING -> waiting(info, top, LockSupport.getBlocker(thread));
            // The JVM takes a thread for running if the monitor that it wants has an owner that it
            // does not count as one: a virtual thread.
            case RUNNABLE ->
                    thread.getState() == Thread.State.BLOCKED
                            ? "blocked on a monitor" + where
                            : info.isInNative()
                                    ? "running in native code or a system call" + where
                                    : "running" + where;
        };
    }

    private @Nullable ThreadInfo infoOrNull(Thread thread) {
        if (thread.getId() <= 0) {
            return null;
        }
        try {
            return threads.get().getThreadInfo(new long[] {thread.getId()}, 1)[0];
        } catch (RuntimeException | Error e) { // as in selfWaits
            LOG.debug("what thread {} waits for is only known in part", thread.getName(), e);
            return null;
        }
    }

    private static String waiting(
            ThreadInfo info, @Nullable StackTraceElement top, @Nullable Object blocker) {
        if (isInObjectWait(info)) {
            return info.getLockInfo() == null
                    ? "in Object.wait"
                    : "in Object.wait of " + info.getLockInfo();
        }
        if (top != null
                && top.getClassName().equals(Thread.class.getName())
                && top.getMethodName().startsWith("sleep")) {
            return "sleeping";
        }
        if (info.getLockInfo() == null) {
            return "parked";
        }
        if (info.getLockOwnerId() >= 0) {
            return "waits for " + info.getLockInfo() + heldBy(info);
        }
        return "parked on " + (blocker == null ? info.getLockInfo() : describe(blocker));
    }

    private static String heldBy(ThreadInfo info) {
        return info.getLockOwnerId() < 0 ? "" : ", held by thread " + info.getLockOwnerName();
    }

    /** For a virtual thread, or where the JVM does not let look. */
    private static @Nullable String withoutInfo(Thread.State state, @Nullable Object blocker) {
        return switch (state) {
            case NEW, TERMINATED -> null;
            case BLOCKED -> "blocked on a monitor";
            case WAITING, TIMED_WAITING ->
                    blocker == null ? "waiting" : "parked on " + describe(blocker);
            case RUNNABLE -> "running";
        };
    }

    /** Class and identity; more only where the text is known to be made without a lock. */
    private static String describe(Object blocker) {
        Class<?> type = blocker.getClass();
        if (blocker instanceof AbstractQueuedSynchronizer
                && type.getPackageName().startsWith("java.util.concurrent")) {
            return blocker.toString();
        }
        return type.getName() + "@" + Integer.toHexString(System.identityHashCode(blocker));
    }
}
