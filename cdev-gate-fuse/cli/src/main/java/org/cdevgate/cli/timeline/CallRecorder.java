package org.cdevgate.cli.timeline;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.drivers.filter.CallFilter;
import org.cdevgate.drivers.filter.FilteredCall;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.CallInFlight;
import org.jspecify.annotations.Nullable;

/**
 * Records the calls of a device: by whom, from when to when, and what each got. As an observer
 * before other filters it sees every call, but for what the gate answers by itself: a request that
 * sleeps without a thread, and calls after the removal.
 *
 * <p>Of the calls that have ended the last {@value #MOST} are kept, until {@link #cut()}.
 */
public final class CallRecorder implements CallFilter {
    private static final int MOST = 2000;

    private final Processes processes = new Processes();
    private final Consumer<RecordedCall> onEnd;

    // Guarded by this.
    private final Deque<RecordedCall> ended = new ArrayDeque<>();

    /** By its thread, which has one call at a time; a request that sleeps stands here too. */
    private final Map<Integer, RecordedCall> begun = new LinkedHashMap<>();

    /**
     * @param onEnd hears of each call that has got its answer, on the call's thread
     */
    public CallRecorder(Consumer<RecordedCall> onEnd) {
        this.onEnd = Objects.requireNonNull(onEnd, "onEnd");
    }

    @Override
    public long around(FilteredCall call) throws ErrnoException, IOException, InterruptedException {
        FopsGate gate = call.file().gate();
        RecordedCall record = begin(call, gate);
        @Nullable String answer = "EIO"; // of whatever else is thrown
        try {
            long result = call.proceed();
            if (result != Call.WOULD_BLOCK) {
                answer = Answer.of(gate, call.verb(), result);
            } else {
                answer = call.call().isNonBlocking() ? "EAGAIN" : null;
            }
            return result;
        } catch (ErrnoException e) {
            boolean gone = gate.isRemoving() && e.errno() == Errno.ENODEV.number();
            answer = gone ? Answer.ofRemoval(gate, call.verb()) : Errno.describe(e.errno());
            throw e;
        } catch (InterruptedException e) {
            answer = gate.isRemoving() ? Answer.ofRemoval(gate, call.verb()) : "EINTR";
            throw e;
        } finally {
            if (answer != null) {
                end(record.answered(System.nanoTime(), answer));
            }
        }
    }

    private RecordedCall begin(FilteredCall call, FopsGate gate) {
        int tid = call.call().tid();
        int pid = call.call().pid();
        String caller = processes.describe(pid);
        RecordedCall fresh =
                RecordedCall.begun(
                        gate,
                        call.verb(),
                        call.toString(),
                        call.file().pid(),
                        pid,
                        tid,
                        caller,
                        System.nanoTime());
        synchronized (this) {
            RecordedCall before = begun.get(tid);
            if (before != null && !call.call().isFirstRun() && before.verb() == call.verb()) {
                return before; // it slept, and is run again
            }
            begun.remove(tid); // a signal has ended that sleep, and nobody was told
            begun.put(tid, fresh);
            forgetEldest();
            return fresh;
        }
    }

    /** Threads may have died in their sleep. */
    private void forgetEldest() {
        if (begun.size() > MOST) {
            begun.remove(begun.keySet().iterator().next());
        }
    }

    private void end(RecordedCall call) {
        synchronized (this) {
            begun.remove(call.tid());
            ended.add(call);
            if (ended.size() > MOST) {
                ended.remove();
            }
        }
        onEnd.accept(call);
    }

    /**
     * The sleeps of a gate's that its removal is about to end, with what they get. Call it when the
     * gate is flagged and nobody is woken yet.
     */
    public List<RecordedCall> asleep(FopsGate gate) {
        List<CallInFlight> sleeping = new ArrayList<>();
        gate.callsInFlight().stream().filter(CallInFlight::isThreadless).forEach(sleeping::add);
        List<RecordedCall> found = new ArrayList<>();
        synchronized (this) {
            for (RecordedCall each : begun.values()) {
                if (each.gate() == gate && take(sleeping, each)) {
                    found.add(each);
                }
            }
        }
        return found;
    }

    /** Whether it is one of those; an entry of a sleep that a signal has ended is none. */
    private static boolean take(List<CallInFlight> sleeping, RecordedCall call) {
        for (int i = 0; i < sleeping.size(); i++) {
            CallInFlight each = sleeping.get(i);
            if (each.verb() == call.verb() && each.pid() == call.opener()) {
                sleeping.remove(i);
                return true;
            }
        }
        return false;
    }

    /** The calls of a gate that have ended or run, the oldest first; a snapshot. */
    public synchronized List<RecordedCall> of(FopsGate gate) {
        List<RecordedCall> calls = new ArrayList<>();
        ended.stream().filter(each -> each.gate() == gate).forEach(calls::add);
        return calls;
    }

    /** A caller as the gate names it, {@code pid 4711}, with the process's name. */
    String named(String caller) {
        return processes.describe(Integer.parseInt(caller.substring("pid ".length())));
    }

    /** Forgets what has ended. */
    public synchronized void cut() {
        ended.clear();
    }
}
