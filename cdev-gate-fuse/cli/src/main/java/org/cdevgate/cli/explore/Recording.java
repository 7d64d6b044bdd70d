package org.cdevgate.cli.explore;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.drivers.filter.CallFilter;
import org.cdevgate.drivers.filter.CallMatch;
import org.cdevgate.drivers.filter.FilteredCall;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.Verb;
import org.jspecify.annotations.Nullable;

/**
 * Writes down the calls of one device in one run: the first ones each, the rest as a number.
 * Numbers a call as {@link CallMatch} does, so that a plan made of it meets the same call.
 */
final class Recording implements CallFilter {
    private final int kept;
    private final IntSupplier deadFiles;

    // Guarded by this.
    private final List<RecordedCall> calls = new ArrayList<>();
    private final Map<CallMatch, Long> counts = new HashMap<>();
    private final Map<Long, Sleep> asleep = new HashMap<>();
    private @Nullable FopsGate first;
    private long begun;
    private long begunAgain;
    private boolean told;
    private boolean fileKept;

    /** A request that sleeps; the index is negative if its call is not written down. */
    private record Sleep(int index, FopsGate gate, Verb verb) {}

    /**
     * @param kept how many calls to write down
     * @param deadFiles how many files of devices that are gone are open now
     */
    Recording(int kept, IntSupplier deadFiles) {
        this.kept = kept;
        this.deadFiles = deadFiles;
    }

    @Override
    public long around(FilteredCall call) throws ErrnoException, IOException, InterruptedException {
        FopsGate gate = call.file().gate();
        long caller = call.call().tid() >= 0 ? call.call().tid() : -Thread.currentThread().getId();
        int index = begin(call, gate, caller);
        try {
            long result = call.proceed();
            if (result == Call.WOULD_BLOCK && !call.call().isNonBlocking()) {
                sleeps(caller, new Sleep(index, gate, call.verb()));
            } else {
                answered(index);
            }
            return result;
        } catch (ErrnoException e) {
            failed(index, gate, call.verb());
            throw e;
        }
    }

    private synchronized int begin(FilteredCall call, FopsGate gate, long caller) {
        Sleep woken = asleep.remove(caller);
        if (!call.call().isFirstRun()) {
            return woken == null ? -1 : woken.index();
        }
        begun++;
        if (first == null) {
            first = gate;
        } else if (gate != first) {
            begunAgain++;
            if (call.verb() != Verb.OPEN) {
                fileKept = deadFiles.getAsInt() > 0;
            }
        }
        CallMatch kind = new CallMatch(call.verb(), call.command(), 0);
        long count = counts.merge(kind, 1L, Long::sum);
        if (call.command() != 0) { // a command of 0 in a plan means any
            counts.merge(new CallMatch(call.verb(), 0, 0), 1L, Long::sum);
        }
        if (calls.size() >= kept) {
            return -1;
        }
        calls.add(
                new RecordedCall(new CallMatch(call.verb(), call.command(), count), false, false));
        return calls.size() - 1;
    }

    private synchronized void sleeps(long caller, Sleep sleep) {
        asleep.put(caller, sleep);
        if (sleep.index() >= 0) {
            calls.set(sleep.index(), calls.get(sleep.index()).asleep());
        }
    }

    private synchronized void answered(int index) {
        if (index >= 0) {
            calls.set(index, calls.get(index).withAnswer());
        }
    }

    private synchronized void failed(int index, FopsGate gate, Verb verb) {
        answered(index);
        told |= gate.isRemoving() && tells(gate, verb);
    }

    /** Whether who is inside a verb at the removal hears of it. */
    private static boolean tells(FopsGate gate, Verb verb) {
        return verb == Verb.POLL || gate.removalProfile().blocked(verb) < 0;
    }

    /** The first calls. */
    synchronized List<RecordedCall> calls() {
        return List.copyOf(calls);
    }

    /** How many calls have begun. */
    synchronized long begun() {
        return begun;
    }

    /** How many calls have begun on the device after it was plugged in again. */
    synchronized long begunAgain() {
        return begunAgain;
    }

    /** How many calls of each verb and command have begun. */
    synchronized Map<CallMatch, Long> counts() {
        return Map.copyOf(counts);
    }

    /** All calls of the same verb and command. */
    static CallMatch kind(CallMatch call) {
        return new CallMatch(call.verb(), call.command(), 0);
    }

    /** Whether a removal has ended a call, asleep or not, with an error. */
    synchronized boolean isTold() {
        return told
                || asleep.values().stream()
                        .anyMatch(
                                each ->
                                        each.gate().isRemoving()
                                                && tells(each.gate(), each.verb()));
    }

    /** Whether at the last call a file of a device that was gone was still open. */
    synchronized boolean isFileKept() {
        return fileKept;
    }
}
