package org.cdevgate.gate;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The calls that one thread has in flight, of all gates: a chain of {@link Call} frames, outermost
 * first. A thread that never calls through a gate has none.
 *
 * <p>Records stand in one list that only grows; a remover walks it. A record outlives its thread
 * and is given to another: a platform thread keeps its record until it dies, a virtual thread only
 * while it has a call in flight, so that the list is as long as the largest number of threads that
 * were inside at once, not as the number of virtual threads ever started.
 */
final class CallRecord extends CallPadding {
    private static final int TICKET_SEQUENCE_BITS = 44;
    private static final long TICKET_SEQUENCE_MASK = (1L << TICKET_SEQUENCE_BITS) - 1;

    private static final ThreadLocal<CallRecord> CURRENT = new ThreadLocal<>();
    private static final AtomicReference<CallRecord> HEAD = new AtomicReference<>();
    private static final ConcurrentLinkedQueue<CallRecord> FREE = new ConcurrentLinkedQueue<>();
    private static final ReferenceQueue<Thread> DEAD_THREADS = new ReferenceQueue<>();
    private static final AtomicLong IDS = new AtomicLong();
    private static final MethodHandle IS_VIRTUAL = findIsVirtual();

    private final long idBits = IDS.incrementAndGet() << TICKET_SEQUENCE_BITS;
    private final Call outermost = new Call(this, null);
    private CallRecord next;

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
        if (record == null) {
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
                FREE.add(record);
            }
        }
    }

    private boolean hasCalls() {
        for (Call call = outermost; call != null; call = call.innerOrNull()) {
            if (call.published() != null) {
                return true;
            }
        }
        return false;
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
    Call push(FopsGate gate, Verb verb, OpenFile file, Caller caller) {
        Call call = top == null ? outermost : top.inner();
        call.verb = verb;
        call.file = file;
        call.caller = caller;
        call.ticket = idBits | (++sequence & TICKET_SEQUENCE_MASK);
        call.publish(gate);
        top = call;
        return call;
    }

    /**
     * Takes a call back. If calls nested in it are still in flight, because a verb entered by hand
     * and has not left yet, its frame stays as a hole until they leave.
     */
    void pop(Call call) {
        call.ticket = 0;
        call.unpublish();
        if (call != top) {
            return;
        }
        Call below = call.outer;
        while (below != null && below.ticket == 0) {
            below = below.outer; // left before a call nested in it
        }
        top = below;
        if (below == null && ownerIsVirtual) {
            CURRENT.remove();
            owner = null;
            FREE.add(this);
        }
    }

    /**
     * Takes back the call of a ticket, which need not be the innermost.
     *
     * @throws IllegalStateException if the ticket is not of a call that this thread has in flight
     */
    void pop(long ticket, FopsGate gate) {
        for (Call call = top; call != null && ticket != 0; call = call.outer) {
            if (call.ticket == ticket && call.published() == gate) {
                pop(call);
                return;
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
    Call innermostIn(FopsGate gate) {
        for (Call call = top; call != null; call = call.outer) {
            if (call.published() == gate) {
                return call;
            }
        }
        return null;
    }

    /** Whether the owner, whoever it is, has a call in flight in the gate. Any thread. */
    boolean isInside(FopsGate gate) {
        for (Call call = outermost; call != null; call = call.innerOrNull()) {
            if (call.published() == gate) {
                return true;
            }
        }
        return false;
    }
}
