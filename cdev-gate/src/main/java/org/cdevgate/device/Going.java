package org.cdevgate.device;

import java.util.ArrayList;
import java.util.List;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.CallInFlight;
import org.cdevgate.gate.removal.SelfRemovalException;
import org.cdevgate.internal.WaitCircles;

/**
 * The unbinding of some devices by a thread, which has to wait for all who are inside them, their
 * consumers included. It is entered for the whole of the unbinding: those that are there now are
 * waited for sooner or later.
 */
final class Going implements WaitCircles.Awaited {
    private final String what;
    private final List<Device> devices;
    private final Thread waiter = Thread.currentThread();

    private Going(List<Device> devices) {
        this.what = "the end of " + devices.get(0);
        this.devices = devices;
    }

    /**
     * Enters the wait; {@link WaitCircles#left()} follows.
     *
     * @param method for the message
     * @param devices that are unbound, the first for the message
     * @throws SelfRemovalException if it would have no end
     */
    static void enter(String method, List<Device> devices) {
        String circle = WaitCircles.enter(new Going(devices));
        if (circle != null) {
            throw refusal(method, devices.get(0), circle);
        }
    }

    /** {@link #enter} for a wait with a limit, which is no wait for others. */
    static void check(String method, List<Device> devices) {
        String circle = WaitCircles.check(new Going(devices));
        if (circle != null) {
            throw refusal(method, devices.get(0), circle);
        }
    }

    static SelfRemovalException refusal(String method, Device device, String circle) {
        return new SelfRemovalException(
                method
                        + " of "
                        + device
                        + " would wait for itself through others: "
                        + circle
                        + "; each needs what the next one is in. Let this call return first, or"
                        + " unbind on a thread that is inside nothing");
    }

    @Override
    public List<WaitCircles.Blocker> blockers() {
        List<WaitCircles.Blocker> all = new ArrayList<>();
        for (Device each : devices) {
            each.blockers(waiter, all);
        }
        return all;
    }

    @Override
    public List<Thread> blockedBy() {
        return blockers().stream().map(WaitCircles.Blocker::thread).toList();
    }

    @Override
    public boolean needsAll() {
        return true;
    }

    @Override
    public String toString() {
        return what;
    }

    /** Adds the threads inside some gates, but for one. */
    static void addThreads(List<FopsGate> gates, Thread except, List<WaitCircles.Blocker> into) {
        for (FopsGate gate : gates) {
            for (CallInFlight call : gate.callsInFlight()) {
                if (call.thread() != null && call.thread() != except) {
                    // Which of its waits it began before it came in is not known.
                    into.add(new WaitCircles.Blocker(call.thread(), 0));
                }
            }
        }
    }
}
