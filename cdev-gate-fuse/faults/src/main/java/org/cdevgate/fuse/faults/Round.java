package org.cdevgate.fuse.faults;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.cdevgate.fuse.faults.judge.ClientLog;
import org.cdevgate.fuse.faults.judge.History;
import org.cdevgate.fuse.faults.judge.Judge;

/**
 * One round: a mount, its devices, its clients, the faults of a plan, and the judgement. For one
 * thread.
 */
final class Round {
    private final FaultPlan plan;
    private final FaultStage stage;
    private final Path logs;
    private final History history = new History();
    private final List<String> violations = new ArrayList<>();
    private final Crowd crowd;
    private final Plugboard plugboard;
    private int calls;

    /**
     * @param stage what rounds share: keeper, server, folder
     * @param logs a folder for the logs of this round
     */
    Round(FaultPlan plan, FaultStage stage, Path logs) throws IOException {
        this.plan = plan;
        this.stage = stage;
        this.logs = Files.createDirectories(logs);
        this.crowd = new Crowd(plan, stage, logs, history, this::violation);
        this.plugboard = new Plugboard(plan, stage, history, this::violation);
    }

    /** Runs it; the violations. */
    List<String> run() throws IOException, InterruptedException {
        stage.keeper().clear();
        try {
            plugboard.mount();
            crowd.start();
            for (FaultPlan.Step step : plan.steps) {
                LockSupport.parkNanos(step.delayMicros() * 1000L);
                apply(step);
            }
            crowd.awaitKilled();
            plugboard.feed();
            finish();
        } catch (IOException e) {
            violation(text(e) + stage.report());
            stage.keeper().clear();
            crowd.endByForce();
            stage.restartServer();
        }
        judge();
        return violations;
    }

    private static String text(IOException e) {
        java.io.StringWriter stack = new java.io.StringWriter();
        e.printStackTrace(new java.io.PrintWriter(stack, true));
        return stack.toString();
    }

    private void apply(FaultPlan.Step step) throws IOException, InterruptedException {
        switch (step.fault()) {
            case KILL -> crowd.kill(step.choice(), step.variant());
            case SIGNAL -> crowd.signal(step.choice());
            case STOP -> crowd.stopForAWhile(step.choice(), step.variant());
            case UNPLUG -> plugboard.unplug(step.choice(), step.variant());
            case REPLUG -> plugboard.replug(step.choice(), step.variant());
            case GROUP -> plugboard.replugTwo(step.choice(), step.variant());
            case PLUG -> plugboard.plugMissing(step.choice());
            case STARVE -> plugboard.starve();
            case REOPEN -> {
                FaultPlan.End[] ways = {
                    FaultPlan.End.CLOSED,
                    FaultPlan.End.ABORTED,
                    FaultPlan.End.FORCED,
                    FaultPlan.End.DETACHED
                };
                plugboard.end(ways[step.variant() % ways.length]);
                plugboard.mount();
            }
        }
    }

    private void finish() throws IOException, InterruptedException {
        if (plan.end == FaultPlan.End.REMOVED || plan.end == FaultPlan.End.DETACHED) {
            // Nothing but the removals may end the calls that sleep.
            plugboard.removeAll();
            crowd.endByStop(plugboard.mountsSoFar() == 1);
            plugboard.end(plan.end);
        } else {
            plugboard.end(plan.end);
            crowd.endByStop(false);
        }
        plugboard.awaitRemovals();
        if (plan.end == FaultPlan.End.KILLED) {
            stage.restartServer(); // clears what is left of the mount
        } else {
            stage.server().run("check");
        }
        if (stage.folder().isMounted()) {
            violation("the mount is still there");
            stage.folder().clear();
        }
    }

    private void judge() throws IOException {
        for (ServingProcess.Event event : stage.takeEvents()) {
            history.event(event.time(), event.text());
        }
        stage.takeViolations().forEach(this::violation);
        crowd.exits().forEach((pid, exit) -> tell(pid, exit));
        List<Integer> left = ProcessTable.clients(stage.client());
        for (int pid : left) {
            violation("a client is left behind: " + ProcessTable.describe(pid));
        }
        ClientLog log = new ClientLog();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(logs, "*.log")) {
            for (Path file : files) {
                log.read(file);
            }
        }
        calls = log.size();
        Judge.judge(history, log).forEach(this::violation);
        if (!violations.isEmpty()) {
            Files.write(logs.resolve("timeline.txt"), history.timeline());
        }
    }

    private void tell(int pid, Keeper.Exit exit) {
        history.ended(pid, exit.isByItself(), exit.time());
        // From 89 on: what the client could not do, such as to write its log.
        if (exit.code() >= 89) {
            violation("client " + pid + " failed by itself with code " + exit.code());
        }
    }

    private void violation(String text) {
        violations.add(text);
    }

    /** How many calls of clients were judged. */
    int calls() {
        return calls;
    }

    /** For the reader of a violation: what happened in this round, shortened. */
    List<String> timeline() {
        List<String> all = history.timeline();
        return all.subList(Math.max(0, all.size() - 40), all.size());
    }

    Map<Integer, Keeper.Exit> exits() {
        return crowd.exits();
    }
}
