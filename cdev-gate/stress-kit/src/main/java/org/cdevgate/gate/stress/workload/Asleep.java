package org.cdevgate.gate.stress.workload;

import java.util.concurrent.atomic.AtomicReference;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.front.RequestSleeper;
import org.cdevgate.gate.stress.oracle.Finding;

/**
 * One sleep of a request without a thread.
 *
 * <pre>
 *   SUBMITTED ──sleep returned true──▶ ASLEEP
 *   SUBMITTED or ASLEEP ──told once──▶ RUN_AGAIN, REMOVED or TAKEN_BACK
 * </pre>
 */
final class Asleep extends RequestSleeper {
    enum State {
        SUBMITTED,
        ASLEEP,
        RUN_AGAIN,
        REMOVED,
        TAKEN_BACK
    }

    private final ThreadlessCall call;
    private final Verb verb;
    private final AtomicReference<State> state = new AtomicReference<>(State.SUBMITTED);

    Asleep(ThreadlessCall call, Verb verb) {
        this.call = call;
        this.verb = verb;
    }

    ThreadlessCall call() {
        return call;
    }

    String verbName() {
        return verb.toString();
    }

    State state() {
        return state.get();
    }

    void submitted() {
        state.compareAndSet(State.SUBMITTED, State.ASLEEP);
    }

    /** Takes the request back, as for a signal; true if it now is the caller's to answer. */
    boolean takeBack() {
        return wake() && told(State.TAKEN_BACK);
    }

    @Override
    protected void runAgain() {
        if (told(State.RUN_AGAIN)) {
            call.ready(this);
        }
    }

    @Override
    protected void removed(int answer) {
        if (!call.mayBeTold(answer)) {
            call.wrong(Finding.Kind.WRONG_ANSWER, verb, "was told " + answer + " at the removal");
        }
        if (state.get() == State.ASLEEP && call.opened().device.life().isOver()) {
            call.wrong(Finding.Kind.NOT_TOLD, verb, "was told when a remover had returned");
        }
        if (told(State.REMOVED)) {
            call.ready(this);
        }
    }

    private boolean told(State now) {
        State before = state.getAndSet(now);
        call.opened().device.asleep.remove(this);
        if (before == State.SUBMITTED || before == State.ASLEEP) {
            return true;
        }
        call.wrong(Finding.Kind.NOT_TOLD, verb, "was told twice: " + before + ", then " + now);
        return false;
    }
}
