package org.cdevgate.gate.stress.workload;

import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.front.Caller;
import org.cdevgate.gate.stress.oracle.Finding;

/**
 * A call whose request sleeps without a thread: run by one worker, and when it is woken by
 * whichever worker finds it first.
 */
final class ThreadlessCall {
    interface Body {
        long run(Caller caller) throws ErrnoException;
    }

    private final StressRun run;
    private final Opened opened;
    private final Verb verb;
    private final Body body;
    private final Front caller = new Front();

    /**
     * @param opened in use by this call until it is answered
     */
    ThreadlessCall(StressRun run, Opened opened, Verb verb, Body body) {
        this.run = run;
        this.opened = opened;
        this.verb = verb;
        this.body = body;
        run.asked();
    }

    Opened opened() {
        return opened;
    }

    /** Runs the verb until it is answered or asleep. */
    void run(StressWorker worker) {
        StressedDevice device = opened.device;
        while (true) {
            long result = Syscalls.call(worker, device, opened.file, verb, () -> body.run(caller));
            if (result != Call.WOULD_BLOCK) {
                answered(worker, result);
                return;
            }
            Asleep sleeper = new Asleep(this, verb);
            device.asleep.add(sleeper);
            if (device.gate().front().sleep(sleeper, caller)) {
                sleeper.submitted();
                return;
            }
            device.asleep.remove(sleeper);
            run.counts().add("without thread: woken before asleep");
            if (sleeper.state() != Asleep.State.SUBMITTED) {
                wrong(Finding.Kind.NOT_TOLD, verb, "was refused to sleep and told all the same");
            }
        }
    }

    boolean mayBeTold(int answer) {
        return run.plan().answers.removed(verb, answer);
    }

    /** Its sleep has ended; called by whoever ended it, so nothing may block here. */
    void ready(Asleep sleeper) {
        run.ready().add(sleeper);
    }

    /** Goes on after a sleep. */
    static void resume(Asleep sleeper, StressWorker worker) {
        ThreadlessCall call = sleeper.call();
        switch (sleeper.state()) {
            case RUN_AGAIN -> {
                call.run.counts().add("without thread: run again");
                call.run(worker);
            }
            case REMOVED -> {
                call.run.counts().add("without thread: told of the removal");
                call.answered(worker, -1);
            }
            default -> throw new IllegalStateException("resumed when " + sleeper.state());
        }
    }

    void answered(StressWorker worker, long result) {
        if (verb == Verb.OPEN && result == 0) {
            run.keep(opened, worker);
        } else {
            opened.done(worker);
        }
        run.answered();
    }

    void wrong(Finding.Kind kind, Verb who, String what) {
        run.findings()
                .report(
                        kind,
                        who + " without a thread",
                        who + " of " + opened.device.life().name() + " " + what);
    }
}
