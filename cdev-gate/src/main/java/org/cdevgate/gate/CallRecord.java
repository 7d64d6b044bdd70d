package org.cdevgate.gate;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The calls that one thread has in flight, of all gates: a chain of {@link Call} frames, outermost
 * first. A thread that never calls through a gate has none.
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
final class CallRecord extends CallPadding {
    private static final int TICKET_SEQUENCE_BITS = 44;
    private static final long TICKET_SEQUENCE_MASK = (1L << TICKET_SEQUENCE_BITS) - 1;

    /** How many records without an owner are kept for new threads. */
    private static final int MOST_FREE = 256;

    private static final int RETIRED_WORTH_A_SWEEP = 256;

    private static final ThreadLocal<CallRecord> CURRENT = new ThreadLocal<>();
    private static final AtomicReference<CallRecord> HEAD = new AtomicReference<>();
    private static final ConcurrentLinkedQueue<CallRecord> FREE = new ConcurrentLinkedQueue<>();
    private static final AtomicInteger FREE_COUNT = new AtomicInteger();
    private static final AtomicInteger RETIRED_COUNT = new AtomicInteger();
    private static final AtomicBoolean SWEEPING = new AtomicBoolean();
    private static final ReferenceQueue<Thread> DEAD_THREADS = new ReferenceQueue<>();
    private static final AtomicLong IDS = new AtomicLong();
    private static final MethodHandle IS_VIRTUAL = findIsVirtual();

    private final long idBits = IDS.incrementAndGet() << TICKET_SEQUENCE_BITS;
    private final Call outermost = new Call(this, null);

    /** Written before the record is in the list, then by the one sweeper only. */
    private volatile CallRecord next;

    private volatile boolean retired;
    private volatile Owner owner;

    // Owning thread only.
    private Call top;
    private long sequence;
    private boolean ownerIsVirtual;

    private CallRecord() {}

    private static final class Owner extends WeakReference<Thread> {
        final CallRecord record;
        final String name;

        Owner(Thread thread, CallRecord record) {
            super(thread, DEAD_THREADS);
            this.record = record;
            this.name = thread.getName();
        }
    }

    /** The calling thread's record, made or taken from the free ones at need. */
    static CallRecord current() {
        CallRecord record = CURRENT.get();
        return record != null ? record : adopt();
    }

    /** The calling thread's record, or null if it has no call in flight and never had one. */
    static CallRecord currentOrNull() {
        return CURRENT.get();
    }

    private static CallRecord adopt() {
        reclaimDeadThreads();
        CallRecord record = FREE.poll();
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
        Thread thread = Thread.currentThread();
        record.top = null; // a dead owner's last write to it need not be visible here
        record.ownerIsVirtual = isVirtual(thread);
        record.owner = new Owner(thread, record);
        CURRENT.set(record);
        return record;
    }

    private static void reclaimDeadThreads() {
        for (Object dead; (dead = DEAD_THREADS.poll()) != null; ) {
            Owner owner = (Owner) dead;
            CallRecord record = owner.record;
            // A thread that died inside (it entered by hand and never left) still counts as in
            // flight: its record is not used again, and the report names it.
            if (record.owner == owner && !record.hasCalls()) {
                record.owner = null;
                record.free();
            }
        }
    }

    private boolean hasCalls() {
        for (Call call = outermost; call != null; call = call.innerOrNull()) {
            if (call.published() != 0) {
                return true;
            }
        }
        return false;
    }

    /** The record has no owner any more. */
    private void free() {
        if (FREE_COUNT.get() < MOST_FREE) {
            FREE_COUNT.incrementAndGet();
            FREE.add(this);
            return;
        }
        outermost.handOverCounts();
        retired = true;
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
        for (CallRecord each = kept.next; each != null; each = each.next) {
            if (each.retired) {
                kept.next = each.next;
                taken++;
            } else {
                kept = each;
            }
        }
        return taken;
    }

    private static MethodHandle findIsVirtual() {
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
        } catch (Throwable e) {
            throw new LinkageError("Thread.isVirtual failed", e);
        }
    }

    /** The newest record; walk on with {@link #next()}. */
    static CallRecord head() {
        return HEAD.get();
    }

    CallRecord next() {
        return next;
    }

    Call outermost() {
        return outermost;
    }

    /** The owning thread, or null if there is none or it has died. */
    Thread thread() {
        Owner current = owner;
        return current == null ? null : current.get();
    }

    /** The name that the owning thread had when it became the owner; "?" if there is none. */
    String threadName() {
        Owner current = owner;
        return current == null ? "?" : current.name;
    }

    boolean isOwnedByCurrentThread() {
        return CURRENT.get() == this;
    }

    /** Publishes a call; the caller then checks the gate's flag and takes it back if it is set. */
    Call push(GateRef gate, int verb, OpenFile file, Caller caller) {
        Call call = top == null ? outermost : top.inner();
        call.set(gate, verb, file, caller, idBits | (++sequence & TICKET_SEQUENCE_MASK));
        call.publish(gate.id);
        top = call;
        return call;
    }

    /** {@link #push(GateRef, int, OpenFile, Caller)} for code that is not a file operation. */
    Call push(GateRef gate, Verb verb, OpenFile file) {
        return push(gate, verb.index(), file, null);
    }

    /**
     * Takes a call back. If calls nested in it are still in flight, because a verb entered by hand
     * and has not left yet, its frame stays as a hole until they leave.
     */
    void pop(Call call) {
        call.forget();
        call.unpublish();
        if (call != top) {
            return;
        }
        Call below = call.outer;
        while (below != null && !below.isPublished()) {
            below = below.outer; // left before a call nested in it
        }
        top = below;
        if (below == null && ownerIsVirtual) {
            giveBack();
        }
    }

    private void giveBack() {
        CURRENT.remove();
        owner = null;
        free();
    }

    /**
     * The call of a ticket, which need not be the innermost. Owning thread only.
     *
     * @throws IllegalStateException if the ticket is not of a call that this thread has in flight
     */
    Call find(long ticket, GateRef gate) {
        for (Call call = top; call != null; call = call.outer) {
            if (call.isOf(ticket, gate)) {
                return call;
            }
        }
        throw badTicket(ticket);
    }

    static IllegalStateException badTicket(long ticket) {
        return new IllegalStateException(
                "ticket 0x"
                        + Long.toHexString(ticket)
                        + " is not of a call in flight in this gate on thread "
                        + Thread.currentThread().getName()
                        + ": it was exited already, or entered by another thread; exit once, on"
                        + " the thread that entered");
    }

    /** The innermost call of this thread in a gate, or null. Owning thread only. */
    Call innermostIn(GateRef gate) {
        for (Call call = top; call != null; call = call.outer) {
            if (call.published() == gate.id) {
                return call;
            }
        }
        return null;
    }

    /** Leaves this thread's calls in a gate out of every removal's count. Owning thread only. */
    void leaveOut(GateRef gate) {
        for (Call call = top; call != null; call = call.outer) {
            if (call.published() == gate.id) {
                call.leaveOut();
            }
        }
    }

    /** Why a removal of the gate has to wait for this thread; null if it need not. Owner only. */
    String neededIn(GateRef gate) {
        for (Call call = top; call != null; call = call.outer) {
            if (call.published() == gate.id) {
                switch (call.verb()) {
                    case HOLD, WAKE_HOOK, CANCEL, TEARDOWN -> {
                        return "inside its own " + call;
                    }
                    default -> {}
                }
            }
        }
        return null;
    }

    /** Whether the owner, whoever it is, has a call in flight in the gate. Any thread. */
    boolean isInside(GateRef gate) {
        for (Call call = outermost; call != null; call = call.innerOrNull()) {
            if (call.isCountedIn(gate)) {
                return true;
            }
        }
        return false;
    }
}
