package org.cdevgate.gate.stress.fray;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;
import org.cdevgate.gate.front.Caller;

/**
 * A device whose calls each want one item. A read sleeps for it without a thread, an ioctl with its
 * thread parked, both exclusively. It knows whether it was torn down, and who is inside.
 */
final class Basin implements FileOperations {
    private final Actors actors;
    private final WaitQueue queue;
    private final AtomicInteger items;
    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger teardowns = new AtomicInteger();
    private volatile boolean off;
    final FopsGate gate;

    /** A device with a queue and items of its own. */
    Basin(Actors actors) {
        this(actors, new WaitQueue("items"), new AtomicInteger());
    }

    /** One that shares them with another. */
    Basin(Actors actors, WaitQueue queue, AtomicInteger items) {
        this.actors = actors;
        this.queue = queue;
        this.items = items;
        gate = FopsGate.builder("basin", this).onTeardown(this::tearDown).build();
    }

    OpenFile open() {
        try {
            return gate.front().open(0, Caller.local());
        } catch (ErrnoException e) {
            throw new AssertionError("a new device refuses its first open", e);
        }
    }

    private boolean take() {
        int left;
        do {
            left = items.get();
            if (left == 0) {
                return false;
            }
        } while (!items.compareAndSet(left, left - 1));
        return true;
    }

    /** An item comes. */
    void add() {
        items.incrementAndGet();
        queue.wakeUp();
    }

    int items() {
        return items.get();
    }

    @Override
    public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
        enter();
        try {
            return take() ? 1 : call.wouldBlockExclusive(queue);
        } finally {
            leave();
        }
    }

    @Override
    public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call)
            throws ErrnoException {
        enter();
        try {
            boolean[] took = {false};
            call.awaitExclusive(queue, () -> took[0] || (took[0] = take()));
            return 1;
        } finally {
            leave();
        }
    }

    private void enter() {
        inside.incrementAndGet();
        actors.require(!off, "a call used the device after its teardown");
    }

    private void leave() {
        actors.require(!off, "the teardown ran while a call used the device");
        inside.decrementAndGet();
    }

    private void tearDown() {
        actors.require(inside.get() == 0, "the teardown ran while a call used the device");
        actors.require(teardowns.incrementAndGet() == 1, "the teardown ran twice");
        off = true;
    }

    boolean isOff() {
        return off;
    }

    /** How a call sleeps. */
    enum Sleep {
        WITHOUT_THREAD,
        PARKED
    }

    /**
     * Takes an item.
     *
     * @return false if the removal, or a signal, ended the sleep
     */
    boolean takeOne(OpenFile file, Sleep sleep) {
        return takeOrAnswer(file, sleep) == 1;
    }

    /** Takes an item: 1, or the negated errno. */
    int takeOrAnswer(OpenFile file, Sleep sleep) {
        try {
            return take(file, sleep);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENODEV.number()) {
                actors.require(gate.isRemoving(), "a call of a live device was answered ENODEV");
            }
            return -e.errno();
        }
    }

    /** Takes an item: 1. */
    int take(OpenFile file, Sleep sleep) throws ErrnoException {
        int took =
                sleep == Sleep.PARKED
                        ? gate.front().ioctl(file, 1, 0, ByteBuffer.allocate(0), Caller.local())
                        : gate.front().read(file, ByteBuffer.allocate(1), 0, Caller.local());
        actors.require(took == 1, "a call came back with " + took + " items");
        return took;
    }
}
