package org.cdevgate.fuse.faults;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.cdevgate.fuse.faults.judge.History;

/** The mount of a round and its devices, and what is done to them. For one thread. */
final class Plugboard {
    private static final List<String> FORMS =
            List.of("sync", "bounded", "async", "halves", "twice");

    private final FaultPlan plan;
    private final FaultStage stage;
    private final History history;
    private final Consumer<String> violations;
    private final long[] plugged = new long[FaultPlan.NAMES.size()]; // generations; 0 none
    private final long[] going = new long[plugged.length]; // what had the name last; 0 nothing
    private final List<Removal> removals = new ArrayList<>();
    private long generations;
    private int mounts;
    private boolean starved;

    private record Removal(String command, CompletableFuture<String> done) {}

    Plugboard(FaultPlan plan, FaultStage stage, History history, Consumer<String> violations) {
        this.plan = plan;
        this.stage = stage;
        this.history = history;
        this.violations = violations;
    }

    int mountsSoFar() {
        return mounts;
    }

    /** Mounts and plugs every device in. */
    void mount() throws IOException, InterruptedException {
        mounts++;
        history.mount(mounts, plan.isCrowded(), System.nanoTime());
        stage.server().run("mount " + stage.folder().path() + " " + mounts + " " + plan.maxParked);
        for (int i = 0; i < plugged.length; i++) {
            plug(i);
        }
    }

    /** The name is free as soon as the flag is set, whatever the removal still waits for. */
    private void plug(int index) throws IOException, InterruptedException {
        if (going[index] != 0 && !stage.server().awaitFlagged(going[index])) {
            throw new IOException("the removal of " + going[index] + " does not begin");
        }
        generations++;
        // Some have hardware that does nothing: calls sleep in them until the removal.
        boolean quiet = (generations * 7 + plan.seed) % 5 < 2;
        boolean late = (generations + plan.seed) % 6 == 0;
        plugged[index] = generations;
        stage.server()
                .run(
                        "plug "
                                + FaultPlan.NAMES.get(index)
                                + " "
                                + generations
                                + " "
                                + quiet
                                + " "
                                + late);
    }

    void plugMissing(int choice) throws IOException, InterruptedException {
        for (int i = 0; i < plugged.length; i++) {
            int index = (choice + i) % plugged.length;
            if (plugged[index] == 0) {
                plug(index);
                return;
            }
        }
    }

    void unplug(int choice, int variant) throws IOException {
        int index = choice % plugged.length;
        if (plugged[index] != 0) {
            beginRemoval(variant, index);
        }
    }

    void replug(int choice, int variant) throws IOException, InterruptedException {
        int index = choice % plugged.length;
        if (plugged[index] != 0) {
            beginRemoval(variant, index);
            plug(index);
        } else {
            plug(index);
        }
    }

    void replugTwo(int choice, int variant) throws IOException, InterruptedException {
        int index = choice % plugged.length;
        int other = (index + 1 + variant % (plugged.length - 1)) % plugged.length;
        if (plugged[index] != 0 && plugged[other] != 0) {
            beginRemoval(variant, index, other);
            plug(index);
            plug(other);
        }
    }

    private void beginRemoval(int variant, int... indices) throws IOException {
        StringBuilder command = new StringBuilder("unplug ");
        command.append(FORMS.get(variant % FORMS.size()));
        for (int index : indices) {
            going[index] = plugged[index];
            command.append(' ').append(plugged[index]);
            plugged[index] = 0;
        }
        String text = command.toString();
        removals.add(new Removal(text, stage.server().begin(text)));
    }

    void removeAll() throws IOException, InterruptedException {
        for (int i = 0; i < plugged.length; i++) {
            if (plugged[i] != 0) {
                beginRemoval((int) (plan.seed + i & 0xffff), i);
            }
        }
        awaitRemovals();
    }

    /** Every removal that was begun ends. */
    void awaitRemovals() throws IOException, InterruptedException {
        for (Removal removal : removals) {
            try {
                removal.done.get(Limits.ANSWER.toSeconds(), TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                violations.accept("a removal hangs: " + removal.command + "\n" + stage.report());
            } catch (ExecutionException e) {
                if (!stage.wasServerKilled()) {
                    violations.accept("a removal failed: " + removal.command + "\n" + e.getCause());
                }
            }
        }
        removals.clear();
    }

    void starve() throws IOException {
        if (starved) {
            feed();
        } else {
            starved = true;
            stage.server().run("starve");
        }
    }

    void feed() throws IOException {
        if (starved) {
            starved = false;
            stage.server().run("feed");
        }
    }

    /** The mount ends, one way or another, its devices with it. */
    void end(FaultPlan.End end) throws IOException, InterruptedException {
        long epoch = mounts;
        switch (end) {
            case REMOVED, CLOSED -> {}
            case ABORTED, FORCED -> {
                history.dying(epoch, System.nanoTime());
                if (end == FaultPlan.End.ABORTED) {
                    stage.folder().abort();
                } else {
                    history.leaving(epoch, System.nanoTime());
                    boolean gone = stage.folder().unmount("-f");
                    if (gone) {
                        history.left(epoch, System.nanoTime());
                    }
                }
                history.dead(epoch, System.nanoTime());
            }
            case DETACHED -> {
                // The connection lives while a file is open.
                history.dying(epoch, System.nanoTime());
                history.leaving(epoch, System.nanoTime());
                if (!stage.folder().unmount("-l")) {
                    violations.accept("umount -l failed");
                }
                history.left(epoch, System.nanoTime());
            }
            case KILLED -> {
                history.dying(epoch, System.nanoTime());
                stage.killServer();
                history.dead(epoch, System.nanoTime());
                history.leaving(epoch, System.nanoTime());
            }
        }
        if (end != FaultPlan.End.KILLED) {
            stage.server().run("closemount");
        }
        feed();
        java.util.Arrays.fill(plugged, 0);
        java.util.Arrays.fill(going, 0);
    }
}
