package org.cdevgate.cli.explore;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import org.cdevgate.cli.exit.CommandFailure;
import org.cdevgate.cli.exit.ExitCodes;
import org.jspecify.annotations.Nullable;

/** Runs a program once for each point. */
public final class Explorer {
    /** A program that does not end has shown in so many calls that it goes on. */
    private static final int ENOUGH = 10;

    /** So many times the calls that are looked at; then a program that does not end may stop. */
    private static final int SURELY = 20;

    private final ExplorePlan plan;
    private final ExploreProgress progress;
    private volatile boolean stopped;

    public Explorer(ExplorePlan plan, ExploreProgress progress) {
        this.plan = plan;
        this.progress = progress;
    }

    /** Ends it soon, from another thread; what is known then is its result. */
    public void stop() {
        stopped = true;
    }

    /** Explores. */
    public Exploration explore() throws IOException, InterruptedException, CommandFailure {
        long began = System.nanoTime();
        Lane first = open();
        try {
            RunResult base = base(first);
            RunResult again = stopped ? base : base(first);
            List<String> notes = new ArrayList<>(Differences.between(base, again));
            boolean sameOutput = base.output().isSame(again.output());
            if (base.isEnded() && !sameOutput) {
                notes.add("its standard output varies from run to run, and is not compared");
            }
            bounded(base, notes);
            List<Point> points = plan.shard().of(Points.of(base.calls(), plan.faults()));
            Judge judge = new Judge(base, sameOutput);
            long ready = System.nanoTime();
            List<Finding> findings = run(first, points, judge, limits(base));
            long ended = System.nanoTime();
            return new Exploration(
                    plan, base, notes, points.size(), findings, ended - ready, ended - began);
        } finally {
            first.close();
        }
    }

    private Lane open() throws IOException, InterruptedException, CommandFailure {
        return Lane.open(plan.devices(), plan.program(), plan.input(), plan.at());
    }

    private RunResult base(Lane lane) throws IOException, InterruptedException, CommandFailure {
        Watch.Limits limits =
                new Watch.Limits(
                        plan.patience().toNanos(),
                        0,
                        plan.baseLimit().toNanos(),
                        true,
                        (long) plan.calls() * SURELY);
        RunResult base =
                new Run(lane, null, limits, () -> stopped).go(plan.devices(), plan.calls(), null);
        Spawner.Status status = base.status();
        if (status != null && status.signalled() && !stopped) {
            throw new CommandFailure(
                    ExitCodes.FAILED,
                    plan.program().get(0)
                            + " is killed by "
                            + SignalNames.of(status.code())
                            + " where nothing goes wrong; mend that first");
        }
        if (base.begun() == 0 && !stopped) {
            throw new CommandFailure(
                    ExitCodes.FAILED,
                    plan.program().get(0)
                            + " ("
                            + Judge.ending(base)
                            + ") has called none of "
                            + String.join(", ", plan.devices().names())
                            + said(base)
                            + "; is it told the device's path?");
        }
        return base;
    }

    private static String said(RunResult base) {
        String word = base.errors().newLine(new Output(0, new byte[0]));
        return word == null ? "" : " and says \"" + word + "\"";
    }

    private void bounded(RunResult base, List<String> notes) {
        if (!base.isEnded() && !stopped) {
            notes.add(
                    "the base run does not end by itself, and was ended after "
                            + base.begun()
                            + " calls");
        }
        if (base.calls().values().stream().mapToLong(List::size).sum() < base.begun()) {
            notes.add(
                    "it makes "
                            + base.begun()
                            + " calls; only the first "
                            + plan.calls()
                            + " of a device have points, --calls has more");
        }
    }

    private Watch.Limits limits(RunResult base) {
        long usual = base.isEnded() ? base.nanos() : 0;
        return new Watch.Limits(
                plan.patience().toNanos(),
                usual,
                Math.max(plan.baseLimit().toNanos(), ENOUGH * usual) + plan.patience().toNanos(),
                !base.isEnded(),
                Math.min(ENOUGH, base.begun()));
    }

    private List<Finding> run(Lane first, List<Point> points, Judge judge, Watch.Limits limits)
            throws IOException, InterruptedException, CommandFailure {
        AtomicReferenceArray<@Nullable Finding> findings =
                new AtomicReferenceArray<>(points.size());
        AtomicInteger next = new AtomicInteger();
        Done done = new Done(points.size());
        int jobs = Math.max(1, Math.min(plan.jobs(), points.size()));
        ExecutorService threads = Executors.newFixedThreadPool(jobs);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < jobs; i++) {
                boolean own = i > 0;
                running.add(
                        threads.submit(
                                () -> {
                                    Lane lane = own ? open() : first;
                                    try {
                                        run(lane, points, next, findings, judge, limits, done);
                                    } catch (Exception e) {
                                        stop(); // the other lanes need not go on
                                        throw e;
                                    } finally {
                                        if (own) {
                                            lane.close();
                                        }
                                    }
                                    return null;
                                }));
            }
            for (Future<?> each : running) {
                each.get();
            }
        } catch (ExecutionException e) {
            throw thrown(e.getCause());
        } finally {
            stopped |= next.get() < points.size();
            threads.shutdown();
        }
        return IntStream.range(0, points.size())
                .mapToObj(findings::get)
                .filter(Objects::nonNull)
                .toList();
    }

    private void run(
            Lane lane,
            List<Point> points,
            AtomicInteger next,
            AtomicReferenceArray<@Nullable Finding> findings,
            Judge judge,
            Watch.Limits limits,
            Done done)
            throws IOException, InterruptedException, CommandFailure {
        for (int i = next.getAndIncrement();
                i < points.size() && !stopped;
                i = next.getAndIncrement()) {
            RunResult result =
                    new Run(lane, points.get(i), limits, () -> stopped)
                            .go(plan.devices(), plan.calls(), plan.replug());
            if (stopped) {
                return;
            }
            findings.set(i, judge.judge(points.get(i), result));
            done.another();
        }
    }

    private static CommandFailure thrown(@Nullable Throwable cause)
            throws IOException, InterruptedException {
        if (cause instanceof IOException e) {
            throw e;
        }
        if (cause instanceof InterruptedException e) {
            throw e;
        }
        if (cause instanceof CommandFailure e) {
            return e;
        }
        throw new IllegalStateException("a run has failed", cause);
    }

    /** Counts the runs. */
    private final class Done {
        private final int points;
        private final long began = System.nanoTime();
        private int done; // guarded by this

        Done(int points) {
            this.points = points;
        }

        synchronized void another() {
            done++;
            progress.ran(done, points, System.nanoTime() - began);
        }
    }
}
