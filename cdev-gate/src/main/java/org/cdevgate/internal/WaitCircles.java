package org.cdevgate.internal;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds threads that would wait for each other for ever before the last of them begins to wait:
 * those that run something for others (work, a timer, a verb, an unbinding) and wait for the end of
 * something that others run.
 *
 * <p>Each such wait is entered here before it begins. It may begin unless it can never end: a wait
 * can end when what it needs goes on, {@link Awaited#blockedBy one} or {@link Awaited#needsAll all}
 * of some threads, and a thread goes on when its waits can end. Waits are entered one after the
 * other, and what a thread is in was visible before it entered its wait; so of several that close a
 * circle together the last one sees the others. Waits that nobody enters (for a lock, for a
 * process), and those with a time limit, count as no waits.
 */
public final class WaitCircles {
    private static final ConcurrentHashMap<Thread, Entered> WAITING = new ConcurrentHashMap<>();

    private WaitCircles() {}

    /** What a thread waits for. */
    public interface Awaited {
        /**
         * The threads of which one has to go on, so that this can end; null if it may end by
         * itself. May take locks, under which nobody enters a wait.
         */
        @Nullable List<Thread> blockedBy();

        /** The same, where not all waits of such a thread matter. */
        default @Nullable List<Blocker> blockers() {
            List<Thread> threads = blockedBy();
            return threads == null
                    ? null
                    : threads.stream().map(each -> new Blocker(each, 0)).toList();
        }

        /** Whether all of these threads have to go on. */
        default boolean needsAll() {
            return false;
        }

        /** For people: what it is, and where it stands. */
        @Override
        String toString();
    }

    /**
     * A thread that has to end some of its waits.
     *
     * @param from the number of the first of them, see {@link #entered()}; those before it, in
     *     which it was begun, do not matter
     */
    public record Blocker(Thread thread, int from) {}

    /** A wait of a thread's, and the one in which that has begun it. */
    private record Entered(Awaited awaited, @Nullable Entered outer, int number) {}

    /** A wait that is looked at and that something blocks. */
    private record Seen(Awaited awaited, List<Blocker> blockers) {
        boolean canEnd(Set<Blocker> stuck) {
            return awaited.needsAll()
                    ? blockers.stream().noneMatch(stuck::contains)
                    : blockers.stream().anyMatch(each -> !stuck.contains(each));
        }
    }

    /** How many waits of this thread's are entered, one in the other. */
    public static int entered() {
        return count(WAITING.get(Thread.currentThread()));
    }

    private static int count(@Nullable Entered innermost) {
        return innermost == null ? 0 : innermost.number() + 1;
    }

    /**
     * Enters a wait of this thread's, before it begins; {@link #left()} takes it back. Waits nest:
     * what is called back in one may begin another.
     *
     * @return null if it may begin; else it is not entered, and this tells the circle, for people
     */
    public static synchronized @Nullable String enter(Awaited awaited) {
        Thread self = Thread.currentThread();
        Entered outer = WAITING.get(self);
        Blocker mine = new Blocker(self, count(outer));
        WAITING.put(self, new Entered(awaited, outer, mine.from()));
        boolean mayBegin = false;
        try {
            Map<Blocker, List<Seen>> seen = new LinkedHashMap<>();
            look(mine, seen);
            Set<Blocker> stuck = new HashSet<>(seen.keySet());
            while (stuck.removeIf(each -> canGoOn(seen.getOrDefault(each, List.of()), stuck))) {
                // Who needed one of those that were taken out may go on now.
            }
            mayBegin = !stuck.contains(mine);
            return mayBegin ? null : circle(mine, seen, stuck);
        } finally {
            if (!mayBegin) {
                left();
            }
        }
    }

    /** What {@link #enter} would say; nothing is entered, also not for a moment. */
    public static synchronized @Nullable String check(Awaited awaited) {
        String circle = enter(awaited);
        if (circle == null) {
            left();
        }
        return circle;
    }

    private static boolean canGoOn(List<Seen> waits, Set<Blocker> stuck) {
        return waits.stream().allMatch(each -> each.canEnd(stuck));
    }

    /** This thread's innermost wait is over. */
    public static void left() {
        // Only this thread changes its own.
        WAITING.computeIfPresent(Thread.currentThread(), (self, entered) -> entered.outer());
    }

    private static void look(Blocker blocker, Map<Blocker, List<Seen>> seen) {
        Entered innermost = WAITING.get(blocker.thread());
        if (count(innermost) <= blocker.from() || seen.containsKey(blocker)) {
            return; // it does not wait
        }
        List<Seen> all = new ArrayList<>();
        seen.put(blocker, all);
        for (Entered each = innermost;
                each != null && each.number() >= blocker.from();
                each = each.outer()) {
            List<Blocker> blockers = each.awaited().blockers();
            if (blockers != null) {
                all.add(new Seen(each.awaited(), blockers));
                for (Blocker next : blockers) {
                    look(next, seen);
                }
            }
        }
    }

    /** From a thread over one that it needs and that is stuck, until one comes a second time. */
    private static String circle(Blocker from, Map<Blocker, List<Seen>> seen, Set<Blocker> stuck) {
        List<String> path = new ArrayList<>();
        Set<Blocker> told = new HashSet<>();
        Blocker at = from;
        while (at != null && told.add(at)) {
            Blocker next = null;
            for (Seen each : seen.getOrDefault(at, List.of())) {
                if (next == null && !each.canEnd(stuck)) {
                    path.add("thread " + at.thread().getName() + " waits for " + each.awaited());
                    next =
                            each.blockers().stream()
                                    .filter(stuck::contains)
                                    .findFirst()
                                    .orElse(null);
                }
            }
            at = next;
        }
        return String.join("; ", path);
    }
}
