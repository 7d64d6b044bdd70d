package org.cdevgate.gate.accounting;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The records of all threads: the list that removers walk, and how a thread finds its own.
 *
 * <p>Records stand in one list; a remover walks it. A record outlives its thread and is given to
 * another: a platform thread keeps its record until it dies, a virtual thread only while it has a
 * call in flight, so that the list is as long as the number of threads that are inside at once, not
 * as the number of virtual threads ever started.
 *
 * <p><b>The list.</b> New records are put at its head by compare-and-set. A few that have no owner
 * are kept for the next thread; the others are retired: nobody gets them any more, so no call can
 * be published in them, and now and then one thread at a time takes them out. A retired record
 * keeps its own link. So a walker that stands on one still comes to every record behind it that is
 * not retired, and it misses only records that came to the head after it had begun, in which a call
 * that the walk is about cannot be published (the flag was set before).
 */
public final class CallRecords {
    /** How many records without an owner are kept for new threads. */
    private static final int MOST_FREE = 256;

    private static final int RETIRED_WORTH_A_SWEEP = 256;

    /**
     * The outermost frames of platform threads by their thread's id, because looking there takes a
     * third of what a thread-local takes. Only a hint: a frame is taken if its owner is the calling
     * thread, which wrote that itself, in whatever order others see this table; of two threads that
     * meet in one place the second goes the long way. A place is used again when its thread is
     * gone.
     */
    private static final @Nullable CallFrame[] BY_THREAD = new CallFrame[1024];

    private static final VarHandle ELEMENT = MethodHandles.arrayElementVarHandle(CallFrame[].class);

    /**
     * The outermost frame of each thread that has a record, for those that have no place above.
     *
     * <p>Weak, and of the JDK's own class: a thread's map refers to its values strongly, and a
     * frame leads to its class, that to its class loader, and that to this field. Held by a thread
     * of a pool for as long as it lives, it would keep the class loader of each web application
     * that was ever loaded. The list from {@link #HEAD} keeps the frames.
     */
    private static final ThreadLocal<WeakReference<CallFrame>> CURRENT = new ThreadLocal<>();

    /**
     * The same by the thread's id, of platform threads, for those whose thread-locals are taken
     * away: the common ForkJoinPool does that between two tasks. Entries go with their threads.
     */
    private static final ConcurrentHashMap<Long, CallFrame> BY_ID = new ConcurrentHashMap<>();

    private static final AtomicReference<@Nullable CallRecord> HEAD = new AtomicReference<>();
    private static final ConcurrentLinkedQueue<CallRecord> FREE = new ConcurrentLinkedQueue<>();
    private static final AtomicInteger FREE_COUNT = new AtomicInteger();
    private static final AtomicInteger RETIRED_COUNT = new AtomicInteger();
    private static final AtomicBoolean SWEEPING = new AtomicBoolean();
    private static final ReferenceQueue<Thread> DEAD_THREADS = new ReferenceQueue<>();

    private static final @Nullable MethodHandle IS_VIRTUAL = findIsVirtual();

    static {
        isVirtual(Thread.currentThread()); // linked here, and not at the end of a stack
    }

    private CallRecords() {}

    /** The calling thread's outermost frame; if it has no record it gets a new or unused one. */
    public static CallFrame currentFrame() {
        CallFrame frame = currentFrameOrNull();
        return frame != null ? frame : adopt();
    }

    /** The calling thread's outermost frame, or null if it has no call in flight and had none. */
    public static @Nullable CallFrame currentFrameOrNull() {
        Thread thread = Thread.currentThread();
        CallFrame frame = (CallFrame) ELEMENT.getAcquire(BY_THREAD, indexOf(thread));
        return frame != null && frame.owner.refersTo(thread) ? frame : lookUp(thread);
    }

    private static int indexOf(Thread thread) {
        return (int) idOf(thread) & (BY_THREAD.length - 1);
    }

    /** The calling thread's record; if it has none it gets a new or unused one. */
    public static CallRecord current() {
        return currentFrame().record;
    }

    /** The calling thread's record, or null if it has no call in flight and never had one. */
    public static @Nullable CallRecord currentOrNull() {
        CallFrame frame = currentFrameOrNull();
        return frame == null ? null : frame.record;
    }

    private static CallFrame adopt() {
        reclaimDeadThreads();
        Thread thread = Thread.currentThread();
        boolean virtual = isVirtual(thread);
        CallRecord record = FREE.poll();
        try {
            if (record != null) {
                FREE_COUNT.decrementAndGet();
            } else {
                record = new CallRecord();
                CallRecord head;
                do {
                    head = HEAD.get();
                    record.next = head;
                } while (!HEAD.compareAndSet(head, record));
            }
            record.ownerIsVirtual = virtual;
            if (virtual) {
                record.outermost.makeUnready(); // its calls need a second thought
            }
            record.outermost.owner =
                    new CallRecord.Owner(thread, idOf(thread), record, DEAD_THREADS);
            CURRENT.set(record.reference);
            if (!virtual) {
                BY_ID.put(idOf(thread), record.outermost);
                takePlace(record.outermost, thread);
            }
            return record.outermost;
        } catch (Throwable e) {
            // No memory, or no stack. Not used again: tables may lead to it, but for the owner.
            if (record != null) {
                record.outermost.owner = CallRecord.NOBODY;
                record.retired = true;
            }
            throw e;
        }
    }

    /** The frame of a thread that is not found at its place in {@link #BY_THREAD}. */
    private static @Nullable CallFrame lookUp(Thread thread) {
        WeakReference<CallFrame> kept = CURRENT.get();
        CallFrame frame = kept == null ? null : kept.get();
        if (frame != null && frame.owner.refersTo(thread)) {
            return frame;
        }
        // Some pools take their threads' thread-locals away between two tasks.
        frame = BY_ID.get(idOf(thread));
        if (frame == null || !frame.owner.refersTo(thread)) {
            return null;
        }
        CURRENT.set(frame.record.reference);
        return frame;
    }

    @SuppressWarnings("deprecation") // threadId() came with JDK 19
    private static long idOf(Thread thread) {
        return thread.getId();
    }

    private static void takePlace(CallFrame outermost, Thread thread) {
        int index = indexOf(thread);
        CallFrame there = (CallFrame) ELEMENT.getAcquire(BY_THREAD, index);
        Thread holder = there == null ? null : there.owner.get();
        if (holder == null || indexOf(holder) != index) {
            ELEMENT.setRelease(BY_THREAD, index, outermost);
        }
    }

    /**
     * All work of a thread that a removal makes: its record is another's as soon as it ends, and
     * not when the collector finds the thread dead, which it does not while the gate is known.
     */
    public static Runnable thenLeave(Runnable work) {
        return () -> {
            try {
                work.run();
            } finally {
                leave();
            }
        };
    }

    private static void leave() {
        CallFrame frame = currentFrameOrNull();
        if (frame == null || frame.record.hasCalls()) {
            return; // as a thread that dies inside
        }
        BY_ID.remove(idOf(Thread.currentThread()), frame);
        CURRENT.remove();
        // Before it is free: the next owner writes its own here, after it took the record from the
        // queue of free ones. Who is told later that this thread is dead finds NOBODY or the next
        // owner, and does not free it once more.
        frame.owner = CallRecord.NOBODY;
        free(frame.record);
    }

    /** The last call of a virtual thread that has the record has ended. */
    static void giveBack(CallRecord record) {
        // Should the first fail, the thread keeps its record until it ends.
        CURRENT.remove();
        record.outermost.owner = CallRecord.NOBODY;
        free(record);
    }

    private static void reclaimDeadThreads() {
        for (Object dead; (dead = DEAD_THREADS.poll()) != null; ) {
            CallRecord.Owner owner = (CallRecord.Owner) dead;
            CallRecord record = owner.record;
            if (record == null) {
                continue; // NOBODY, which is in no queue
            }
            // A thread that died inside (it entered by hand and never left) still counts as in
            // flight: its record is not used again, and the report names it.
            BY_ID.remove(owner.threadId, record.outermost);
            if (record.outermost.owner == owner && !record.hasCalls()) {
                record.outermost.owner = CallRecord.NOBODY;
                free(record);
            }
        }
    }

    /** The record has no owner any more. */
    private static void free(CallRecord record) {
        try {
            if (FREE_COUNT.get() < MOST_FREE) {
                FREE.add(record);
                FREE_COUNT.incrementAndGet();
                return;
            }
            record.outermost.handOverCounts();
        } catch (Throwable e) {
            record.retired =
                    true; // who had it is not to pay for that, and it must not stay for ever
            return;
        }
        record.retired = true;
        if (RETIRED_COUNT.incrementAndGet() >= RETIRED_WORTH_A_SWEEP
                && SWEEPING.compareAndSet(false, true)) {
            try {
                RETIRED_COUNT.addAndGet(-takeOutRetired());
            } finally {
                SWEEPING.set(false);
            }
        }
    }

    /** The head stays, because others put new records before it; the next sweep has it. */
    private static int takeOutRetired() {
        int taken = 0;
        CallRecord kept = HEAD.get();
        while (kept != null) {
            CallRecord each = kept.next;
            if (each != null && each.retired) {
                kept.next = each.next;
                taken++;
            } else {
                kept = each;
            }
        }
        return taken;
    }

    /** The newest record; walk on with {@link CallRecord#next()}. */
    public static @Nullable CallRecord head() {
        return HEAD.get();
    }

    private static @Nullable MethodHandle findIsVirtual() {
        try {
            return MethodHandles.publicLookup()
                    .findVirtual(Thread.class, "isVirtual", MethodType.methodType(boolean.class));
        } catch (NoSuchMethodException | IllegalAccessException e) {
            return null; // before JDK 21 there are none
        }
    }

    private static boolean isVirtual(Thread thread) {
        if (IS_VIRTUAL == null) {
            return false;
        }
        try {
            return (boolean) IS_VIRTUAL.invokeExact(thread);
        } catch (RuntimeException | Error e) { // at the end of the stack, as any call
            throw e;
        } catch (Throwable e) {
            throw new LinkageError("Thread.isVirtual failed", e);
        }
    }
}
