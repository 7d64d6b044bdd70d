package org.cdevgate.gate.stress.fray;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.GateGroup;
import org.cdevgate.gate.Hold;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;
import org.cdevgate.gate.front.Caller;
import org.cdevgate.gate.removal.SelfRemoval;
import org.cdevgate.gate.stress.fray.Basin.Sleep;

/** Cases about the gate. Each method is one schedule of it, on new devices. */
public final class GateCases {
    private GateCases() {}

    /**
     * A reader wants two items, which two wakers bring at once: whoever of them is later, the
     * reader is woken for it.
     */
    public static void twoWakers() throws ErrnoException {
        WaitQueue queue = new WaitQueue("items");
        AtomicInteger items = new AtomicInteger();
        FileOperations driver =
                new FileOperations() {
                    @Override
                    public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
                        return items.get() >= 2 ? 1 : call.wouldBlock(queue);
                    }

                    @Override
                    public int ioctl(
                            OpenFile file, int command, long arg, ByteBuffer data, Call call) {
                        return call.isTimedOut()
                                ? 0
                                : call.wouldBlock(queue, 0, TimeUnit.NANOSECONDS);
                    }
                };
        FopsGate gate = FopsGate.of("two wakers", driver);
        OpenFile file = gate.front().open(0, Caller.local());
        gate.front()
                .ioctl(
                        file,
                        1,
                        0,
                        ByteBuffer.allocate(0),
                        Caller.local()); // the queue knows the gate
        Actors.Part waker =
                () -> {
                    items.incrementAndGet();
                    queue.wakeUp();
                };
        new Actors()
                .with(
                        "reader",
                        () -> gate.front().read(file, ByteBuffer.allocate(1), 0, Caller.local()))
                .with("first waker", waker)
                .with("second waker", waker)
                .run();
    }

    /** Of two exclusive sleepers the one without a thread is sent a signal as an item comes. */
    public static void signalToTheOneWithoutThread() {
        exclusiveAndSignal(Sleep.WITHOUT_THREAD, Sleep.PARKED);
    }

    /** Of two exclusive sleepers the parked one is sent a signal as an item comes. */
    public static void signalToTheParkedOne() {
        exclusiveAndSignal(Sleep.PARKED, Sleep.WITHOUT_THREAD);
    }

    /**
     * Two sleepers, one item, a signal to one of them: it takes the item, and brings another one,
     * or the item goes to the other one. Both end in any case.
     */
    private static void exclusiveAndSignal(Sleep victims, Sleep others) {
        Actors actors = new Actors();
        Basin basin = new Basin(actors);
        OpenFile first = basin.open();
        OpenFile second = basin.open();
        actors.with(
                        "victim",
                        () -> {
                            int answer = basin.takeOrAnswer(first, victims);
                            if (answer == 1) {
                                basin.add();
                            } else {
                                actors.require(
                                        answer == -Errno.EINTR.number(),
                                        "a signal was answered " + answer);
                            }
                            Thread.interrupted();
                        })
                .with(
                        "other",
                        () ->
                                actors.require(
                                        basin.takeOne(second, others),
                                        "a sleeper that nobody disturbed came back without an"
                                                + " item"))
                .with("signal", () -> actors.thread("victim").interrupt())
                .with("waker", basin::add)
                .run();
        actors.require(basin.items() == 0, "items are left, and all have ended");
    }

    /**
     * Sleepers of two devices want an item of one queue, and one of the devices is removed: the
     * item goes to one that can take it.
     */
    public static void twoGatesOnOneQueue() {
        Actors actors = new Actors();
        WaitQueue queue = new WaitQueue("items");
        AtomicInteger items = new AtomicInteger();
        Basin leaving = new Basin(actors, queue, items);
        Basin staying = new Basin(actors, queue, items);
        OpenFile first = leaving.open();
        OpenFile second = staying.open();
        actors.with(
                        "reader of the one that leaves",
                        () -> {
                            if (leaving.takeOne(first, Sleep.WITHOUT_THREAD)) {
                                staying.add(); // it took the other one's: here is one more
                            }
                        })
                .with(
                        "reader of the one that stays",
                        () ->
                                actors.require(
                                        staying.takeOne(second, Sleep.WITHOUT_THREAD),
                                        "a reader of a live device was sent away"))
                .with("waker", staying::add)
                .with("remover", leaving.gate::unregisterSync)
                .run();
        actors.require(items.get() == 0, "items are left, and all have ended");
    }

    /** Readers of both kinds, an item, a close and two removers, all at once. */
    public static void allAtOnce() {
        Actors actors = new Actors();
        Basin basin = new Basin(actors);
        OpenFile first = basin.open();
        OpenFile second = basin.open();
        AtomicInteger took = new AtomicInteger();
        AtomicInteger did = new AtomicInteger();
        Actors.Part remover =
                () -> {
                    if (basin.gate.unregisterSync()) {
                        did.incrementAndGet();
                    }
                    actors.require(
                            basin.isOff(), "a remover came back before the teardown had finished");
                };
        actors.with(
                        "reader",
                        () -> {
                            if (basin.takeOne(first, Sleep.WITHOUT_THREAD)) {
                                took.incrementAndGet();
                            }
                            basin.gate.front().close(first);
                        })
                .with(
                        "parked reader",
                        () -> {
                            if (basin.takeOne(second, Sleep.PARKED)) {
                                took.incrementAndGet();
                            }
                        })
                .with("waker", basin::add)
                .with("remover", remover)
                .with("second remover", remover)
                .run();
        actors.require(took.get() + basin.items() == 1, "the item was taken twice, or lost");
        actors.require(did.get() == 1, did + " removers were told that they tore down");
    }

    /**
     * A removal leaves a call of another thread out of its count, by its ticket, as that call ends
     * and the thread makes its next one: that one is not left out.
     */
    @SuppressWarnings("WaitNotInLoop") // it waits for no condition
    public static void leaveOutByTicket() {
        Actors actors = new Actors();
        AtomicBoolean off = new AtomicBoolean();
        FopsGate gate =
                FopsGate.builder("leave out", new FileOperations() {})
                        .onTeardown(() -> off.set(true))
                        .build();
        AtomicLong ticket = new AtomicLong();
        Thread remover =
                new Thread(
                        () -> gate.unregisterSync(SelfRemoval.LEAVE_OUT, ticket.get()), "remover");
        actors.with(
                        "caller",
                        () -> {
                            ticket.set(gate.enter());
                            remover.start();
                            gate.exit(ticket.get());
                            String broken =
                                    "torn down under the next call of a thread that had one left"
                                            + " out";
                            Object nobody = new Object();
                            boolean inside =
                                    gate.tryRun(
                                            () -> {
                                                synchronized (nobody) {
                                                    nobody.wait(1); // ends when no other can go on
                                                }
                                                actors.require(!off.get(), broken);
                                            });
                            remover.join();
                            actors.require(
                                    inside || off.get(), "refused by a device that is not removed");
                        })
                .run();
        actors.require(off.get(), "the remover came back before the teardown");
    }

    /**
     * Two groups with a gate in common, a parent and its child among them, are removed at once; a
     * call goes from one gate into another, and work goes on under a hold.
     */
    public static void groups() {
        Actors actors = new Actors();
        AtomicBoolean parentOff = new AtomicBoolean();
        AtomicBoolean childOff = new AtomicBoolean();
        AtomicBoolean otherOff = new AtomicBoolean();
        FopsGate parent =
                FopsGate.builder("parent", new FileOperations() {})
                        .onTeardown(
                                () -> {
                                    actors.require(
                                            childOff.get(), "a parent went before its child");
                                    parentOff.set(true);
                                })
                        .build();
        FopsGate child =
                FopsGate.builder("child", new FileOperations() {})
                        .parent(parent)
                        .onTeardown(() -> childOff.set(true))
                        .build();
        FopsGate other =
                FopsGate.builder("other", new FileOperations() {})
                        .onTeardown(() -> otherOff.set(true))
                        .build();
        actors.with(
                        "caller",
                        () ->
                                child.tryRun(
                                        () -> {
                                            parent.tryRun(
                                                    () ->
                                                            actors.require(
                                                                    !parentOff.get(),
                                                                    "under a call"));
                                            actors.require(
                                                    !childOff.get() && !parentOff.get(),
                                                    "torn down under the outer call");
                                        }))
                .with("holder", () -> workUnderAHold(actors, other, otherOff))
                .with(
                        "remover",
                        () -> {
                            GateGroup.of(parent, other).unregisterSync();
                            actors.require(
                                    parentOff.get() && childOff.get() && otherOff.get(),
                                    "a group's remover came back before all teardowns");
                        })
                .with(
                        "second remover",
                        () -> {
                            GateGroup.of(other, child).unregisterSync();
                            actors.require(
                                    childOff.get() && otherOff.get(),
                                    "a group's remover came back before all teardowns");
                        })
                .run();
        actors.require(parentOff.get(), "a parent is left");
    }

    private static void workUnderAHold(Actors actors, FopsGate gate, AtomicBoolean off)
            throws Exception {
        Hold hold;
        try {
            hold = gate.hold("work");
        } catch (ErrnoException e) {
            return; // the removal was first
        }
        Thread part =
                new Thread(
                        () -> {
                            try {
                                hold.run(
                                        () ->
                                                actors.require(
                                                        !off.get(), "torn down under held work"));
                            } catch (IllegalStateException e) {
                                return; // released before it began
                            } catch (Exception e) {
                                throw new AssertionError("held work failed", e);
                            }
                        },
                        "held work");
        part.start();
        actors.require(!off.get(), "torn down under a hold");
        hold.release();
        part.join();
    }
}
