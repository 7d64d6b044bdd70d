package org.cdevgate.cli.explore;

import org.jspecify.annotations.Nullable;

/** Compares runs with the base run; {@link Outcome} says what each outcome means. */
final class Judge {
    private static final int LONGEST_WORD = 100;

    private final RunResult base;
    private final boolean comparesOutput;

    /**
     * @param comparesOutput whether the program writes the same each time where nothing goes wrong
     */
    Judge(RunResult base, boolean comparesOutput) {
        this.base = base;
        this.comparesOutput = comparesOutput && base.isEnded();
    }

    Finding judge(Point point, RunResult run) {
        String word = run.errors().newLine(base.errors());
        if (word != null && word.length() > LONGEST_WORD) {
            word = word.substring(0, LONGEST_WORD) + "…";
        }
        Outcome outcome = outcome(point, run, word);
        return new Finding(point, outcome, ending(run), word, run.nanos());
    }

    private Outcome outcome(Point point, RunResult run, @Nullable String word) {
        if (!run.hit()) {
            return Outcome.NOT_REACHED;
        }
        Spawner.Status status = run.status();
        if (status != null && status.signalled()) {
            return Outcome.SIGNAL;
        }
        if (run.stop() != null || status == null) {
            return stopped(run, run.stop());
        }
        if (run.fileKept()) {
            return Outcome.DESCRIPTOR;
        }
        return ended(point, run, status.code(), word);
    }

    private Outcome stopped(RunResult run, Watch.@Nullable Stop stop) {
        if (stop == Watch.Stop.SPINS) {
            return Outcome.SPIN;
        }
        if (run.status() != null && !base.childrenLeft()) {
            return run.fileKept() ? Outcome.DESCRIPTOR : Outcome.CHILDREN;
        }
        if (stop == Watch.Stop.IDLE) {
            return Outcome.HANG;
        }
        if (run.fileKept()) {
            return Outcome.DESCRIPTOR;
        }
        if (stop == Watch.Stop.SETTLED) {
            return run.again() > 0 ? Outcome.RECOVERED : Outcome.UNAFFECTED;
        }
        return Outcome.GOES_ON;
    }

    private Outcome ended(Point point, RunResult run, int code, @Nullable String word) {
        boolean usual = code == usualCode();
        boolean fewer = base.isEnded() && run.begun() < base.begun();
        boolean told = run.told() || (point.fault().isError() && fewer);
        boolean again =
                point.fault().isUnplug()
                        ? run.again() > 0
                        : run.count(point.device(), point.call())
                                > base.count(point.device(), point.call());
        boolean sameOutput = !comparesOutput || run.output().isSame(base.output());
        boolean quiet = word == null && (usual || code == 0);
        if (quiet && told && !(again && usual)) {
            return Outcome.SILENT;
        }
        if (quiet && !(usual && sameOutput)) {
            return Outcome.DIFFERENT;
        }
        if (told && usual && again && sameOutput) {
            return Outcome.RECOVERED;
        }
        return !told && usual && sameOutput ? Outcome.UNAFFECTED : Outcome.CLEAN;
    }

    /** What it exits with where all is well. */
    private int usualCode() {
        Spawner.Status status = base.status();
        return status == null || status.signalled() ? 0 : status.code();
    }

    /** How a run ended, in words. */
    static String ending(RunResult run) {
        Spawner.Status status = run.status();
        if (status == null) {
            return "alive";
        }
        return status.signalled() ? SignalNames.of(status.code()) : "exit " + status.code();
    }
}
