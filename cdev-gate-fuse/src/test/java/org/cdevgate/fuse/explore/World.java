package org.cdevgate.fuse.explore;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.cdevgate.fuse.libc.NativeBuffer;

/**
 * One run of a scenario: its threads take turns, and a {@link Strategy} says whose turn it is. A
 * turn goes on until its thread comes to a point at which another may go on, or waits for
 * something.
 *
 * <p>There is a clock of the run's own. It stands still while anybody can go on. When nobody can,
 * the scenario goes on if it waits for that ({@link #settle}), else the first time limit ends.
 * While a scenario explores, the strategy may also let a time limit end early.
 *
 * <p>Everything here belongs to the thread whose turn it is; handing the turn over publishes it.
 */
final class World {
    private static final int MAX_STEPS = 30_000;
    private static final String SERVERS = "model-";
    private static final int STEPS_SHOWN = 600;

    /** A lock or a monitor. */
    static final class Lock {
        Task owner;
        int count;
        final List<Task> waiting = new ArrayList<>();
    }

    private final Strategy strategy;
    private final Buffers buffers;
    private final SharedFields sharedFields;
    private final List<Task> tasks = new ArrayList<>();
    private final IdentityHashMap<Object, Lock> locks = new IdentityHashMap<>();
    private final Trace trace = new Trace(STEPS_SHOWN);
    private final List<Task> ready = new ArrayList<>();
    private final List<Task> timed = new ArrayList<>();
    private final CountDownLatch done = new CountDownLatch(1);
    private final Map<String, Object> properties = new HashMap<>();

    private volatile Task running;
    private volatile String failure;
    private long now = TimeUnit.SECONDS.toNanos(1000);
    private long timeLimit = Task.NEVER;
    private Task settling;
    private boolean settlingInTime;
    private boolean exploring;
    private boolean choosing; // conditions are asked: code under test that is nobody's turn
    private int steps;
    private int failedStarts;

    /** Memory outside the heap, used again in each run. */
    static final class Buffers {
        private final Map<Integer, Deque<NativeBuffer>> free = new HashMap<>();
        private final List<NativeBuffer> used = new ArrayList<>();

        NativeBuffer take(int bytes) {
            Deque<NativeBuffer> fitting = free.computeIfAbsent(bytes, key -> new ArrayDeque<>());
            NativeBuffer buffer = fitting.isEmpty() ? NativeBuffer.allocate(bytes) : fitting.pop();
            used.add(buffer);
            return buffer;
        }

        /** All of a run that has ended. */
        void giveBack() {
            for (NativeBuffer buffer : used) {
                free.get(buffer.capacity()).push(buffer);
            }
            used.clear();
        }
    }

    World(Strategy strategy, SharedFields sharedFields, Buffers buffers) {
        this.strategy = strategy;
        this.sharedFields = sharedFields;
        this.buffers = buffers;
    }

    // From outside

    /**
     * Runs a scenario to its end.
     *
     * @return null, or what it found
     */
    String run(Runnable scenario, long realNanos) {
        ModelThread main = new ModelThread(scenario, "scenario");
        main.startIn(this);
        running = tasks.get(0);
        LockSupport.unpark(main);
        boolean inTime;
        try {
            inTime = done.await(realNanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a scenario runs", e);
        }
        if (!inTime) {
            return "a thread does not come to a point at which others may go on:\n" + stacks();
        }
        return failure;
    }

    /** How many steps there were at which others might have gone on. */
    int steps() {
        return steps;
    }

    // By the thread whose turn it is

    Task running() {
        return running;
    }

    Task add(Thread thread) {
        Task task = new Task(this, thread, tasks.size());
        strategy.started(task);
        tasks.add(task);
        return task;
    }

    long now() {
        return now;
    }

    boolean isShared(Object owner, int field, Task user) {
        return exploring && !choosing && sharedFields.isShared(owner, field, user);
    }

    NativeBuffer buffer(int bytes) {
        return buffers.take(bytes);
    }

    Lock lockOf(Object object) {
        return locks.computeIfAbsent(object, key -> new Lock());
    }

    Map<String, Object> properties() {
        return properties;
    }

    /** From here on the strategy chooses; before, threads go on until they wait. */
    void explore(boolean on) {
        exploring = on;
    }

    /** So many threads of the server will not start. */
    void failStarts(int number) {
        failedStarts = number;
    }

    boolean failsToStart(Thread thread) {
        return thread.getName().startsWith(SERVERS) && failedStarts > 0 && failedStarts-- > 0;
    }

    /** Another thread may go on here. */
    void point(Task me, int site) {
        if (exploring && !choosing) {
            trace.add(me, site);
            next(me, true);
        }
    }

    /**
     * Waits.
     *
     * @param deadline on this run's clock, or NEVER
     * @return false if the time is over
     */
    boolean await(Task me, String what, BooleanSupplier condition, long deadline) {
        me.ready = condition;
        me.waitsFor = what;
        me.deadline = deadline;
        me.timedOut = false;
        choosing = true;
        boolean isThere = condition.getAsBoolean();
        choosing = false;
        next(me, isThere);
        me.ready = null;
        me.waitsFor = "";
        me.deadline = Task.NEVER;
        return !me.timedOut;
    }

    /**
     * Waits until nobody can go on.
     *
     * @param nanos for how long the clock may go on meanwhile; 0: nobody may need it
     */
    void settle(Task me, long nanos) {
        settling = me;
        settlingInTime = nanos > 0;
        timeLimit = now + nanos;
        await(me, "all others wait", () -> false, Task.NEVER);
        settling = null;
        timeLimit = Task.NEVER;
    }

    boolean isTimed(String thread) {
        return tasks.stream()
                .anyMatch(task -> task.thread.getName().equals(thread) && task.isTimed());
    }

    /** Whether anybody but the caller still runs or waits. */
    List<String> alive(Task me) {
        List<String> names = new ArrayList<>();
        for (Task task : tasks) {
            if (task != me && !task.ended) {
                names.add(task + " (waits for: " + task.waitsFor + ")");
            }
        }
        return names;
    }

    /** Found something: the run ends here, its threads stay where they are. */
    void fail(String what, Throwable cause) {
        if (failure == null) {
            StringBuilder text = new StringBuilder(what).append('\n');
            for (Throwable each = cause; each != null; each = each.getCause()) {
                text.append("    ").append(each).append('\n');
                for (StackTraceElement element : each.getStackTrace()) {
                    text.append("        at ").append(element).append('\n');
                }
            }
            text.append(states()).append(trace);
            failure = text.toString();
            done.countDown();
        }
        while (true) {
            LockSupport.park(this); // a stopped run's thread; nobody unparks it
        }
    }

    void ended(Task me) {
        me.ended = true;
        if (me.number == 0) {
            done.countDown();
            return;
        }
        Task next = choose(me, false);
        running = next;
        LockSupport.unpark(next.thread);
    }

    void awaitTurn(Task me) {
        while (running != me) {
            LockSupport.park(this);
        }
    }

    private void next(Task me, boolean mayContinue) {
        Task next = choose(me, mayContinue);
        if (next != me) {
            trace.switched(next);
            running = next;
            LockSupport.unpark(next.thread);
            awaitTurn(me);
        }
    }

    private Task choose(Task me, boolean mayContinue) {
        if (++steps > MAX_STEPS) {
            fail("the run does not come to an end", null);
        }
        ready.clear();
        timed.clear();
        if (mayContinue) {
            ready.add(me);
        }
        choosing = true;
        // In a circle from the caller on, so that the choice of nobody else starves nobody.
        for (int i = 1; i < tasks.size(); i++) {
            Task task = tasks.get((me.number + i) % tasks.size());
            if (task.isReady()) {
                ready.add(task);
            } else if (task.isTimed()) {
                timed.add(task);
            }
        }
        choosing = false;
        Task next;
        if (ready.isEmpty()) {
            return whenAllWait(me);
        }
        if (!exploring) {
            return ready.get(0);
        }
        next = strategy.choose(mayContinue, ready, timed);
        if (timed.contains(next)) {
            long before = now;
            timeIsOver(next);
            if (timeLimit != Task.NEVER) {
                timeLimit += now - before; // others were held up for that time
            }
        }
        return next;
    }

    private Task whenAllWait(Task me) {
        if (me.isTimed()) {
            timed.add(me);
        }
        if (settling != null && !settlingInTime) {
            return settling;
        }
        long first = Task.NEVER;
        for (Task task : timed) {
            first = Math.min(first, task.deadline);
        }
        if (!timed.isEmpty() && first <= timeLimit) {
            long earliest = first;
            timed.removeIf(task -> task.deadline != earliest);
            Task next = exploring ? strategy.choose(false, timed, List.of()) : timed.get(0);
            timeIsOver(next);
            return next;
        }
        if (settling != null) {
            now = Math.max(now, timeLimit);
            return settling;
        }
        fail("all threads wait for ever", null);
        return me;
    }

    private void timeIsOver(Task task) {
        now = Math.max(now, task.deadline);
        task.timedOut = true;
        trace.timeIsOver(task);
    }

    private String states() {
        StringBuilder text = new StringBuilder("threads:\n");
        for (Task task : tasks) {
            if (!task.ended) {
                text.append("    ").append(task);
                text.append(task.ready == null ? " can go on" : " waits for: " + task.waitsFor);
                text.append('\n');
            }
        }
        return text.toString();
    }

    private String stacks() {
        StringBuilder text = new StringBuilder();
        for (Task task : List.copyOf(tasks)) {
            text.append("    ").append(task).append(task == running ? ", its turn" : "");
            text.append('\n');
            for (StackTraceElement element : task.thread.getStackTrace()) {
                text.append("        at ").append(element).append('\n');
            }
        }
        return text.toString();
    }
}
