package org.cdevgate.gate.stress.workload;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.CallInFlight;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.front.RemovalListener;
import org.cdevgate.gate.stress.oracle.DeviceLife;
import org.cdevgate.gate.stress.oracle.Finding;

/** One device of a run, from its registration on. Safe for any thread. */
public final class StressedDevice {
    private final StressRun run;
    private final Slot slot;
    private final DeviceLife life;
    private final FopsGate gate;
    private final FileOperations driver;

    private final AtomicBoolean judged = new AtomicBoolean();
    private final Set<StressedDevice> children = ConcurrentHashMap.newKeySet();

    /** Requests that sleep without a thread. */
    final Set<Asleep> asleep = ConcurrentHashMap.newKeySet();

    /** Pollers that wait, and are to be told of the removal. */
    final Set<StressPoller> pollers = ConcurrentHashMap.newKeySet();

    /**
     * @param parent of which the gate is a child, or null
     */
    StressedDevice(
            StressRun run,
            Slot slot,
            DeviceLife life,
            FopsGate gate,
            FileOperations driver,
            StressedDevice parent)
            throws ErrnoException {
        this.run = run;
        this.slot = slot;
        this.life = life;
        this.gate = gate;
        this.driver = driver;
        if (parent != null) {
            life.childOf(parent.life);
            parent.children.add(this);
        }
        try {
            gate.front()
                    .addRemovalListener(
                            new RemovalListener() {
                                @Override
                                public void onFlagged() {
                                    slot.nameGone(StressedDevice.this);
                                }
                            });
        } catch (ErrnoException e) {
            if (parent == null || !parent.life.isRemovalCalled()) {
                throw e;
            }
            run.counts().add("child removed before it had its name");
        }
    }

    /** Its gate. */
    public FopsGate gate() {
        return gate;
    }

    /** What the oracle knows of it. */
    public DeviceLife life() {
        return life;
    }

    /** The number of its place, 0 or more. */
    public int slot() {
        return slot.number();
    }

    /** The driver as the maker made it. */
    public <T extends FileOperations> T driver(Class<T> type) {
        return type.cast(driver);
    }

    /** Registers the next device under its name, if that is free. */
    public void renew() {
        slot.renew();
    }

    /** A remover begins: counts who sleeps, if nobody has begun before. */
    void removerCalls() {
        if (run.plan().aimed && !life.isRemovalCalled()) {
            run.forEachWorker(worker -> worker.countIfAsleepAtRemoval(this));
            for (Asleep request : asleep) {
                run.exercise().seenAsleep(request.verbName());
                run.exercise().asleepAtRemoval(request.verbName());
            }
        }
        life.removerCalls();
    }

    /** A remover has returned, and was told whether it did the teardown. */
    public void removerReturned(boolean didIt) {
        life.removerReturned(didIt);
        judgeReturn();
    }

    /** A remover has returned from a wait that does not tell whether it did the teardown. */
    public void removerReturned() {
        life.removerReturned();
        judgeReturn();
    }

    private void parentRemoverReturned() {
        if (!life.isOver()) {
            run.counts().add("child removed with its parent");
        }
        life.parentRemoverReturned();
        judgeReturn();
    }

    private void judgeReturn() {
        if (judged.compareAndSet(false, true)) {
            for (Verb verb : Verb.values()) {
                run.exercise().called(verb, life.calls(verb));
            }
            life.checkKept(driver);
        }
        children.forEach(StressedDevice::parentRemoverReturned);
        // Not those that a wake-up or a signal has taken off their queue, and is to answer.
        for (CallInFlight call : gate.callsInFlight()) {
            if (call.isThreadless()) {
                notTold(call.verb() + " without a thread");
            }
        }
        for (StressPoller poller : pollers) {
            if (run.plan().pollersAreTold && !poller.wasTold()) {
                notTold("poll");
            }
        }
        pollers.clear();
        if (!gate.isRemoved()) {
            run.findings()
                    .report(
                            Finding.Kind.EARLY_RETURN,
                            "isRemoved",
                            "a remover of " + life.name() + " returned, but isRemoved() is false");
        }
    }

    private void notTold(String who) {
        run.findings()
                .report(
                        Finding.Kind.NOT_TOLD,
                        who,
                        who + " slept on " + life.name() + " and was not told of the removal");
    }
}
