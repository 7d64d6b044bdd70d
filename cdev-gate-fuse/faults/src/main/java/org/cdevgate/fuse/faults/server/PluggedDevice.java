package org.cdevgate.fuse.faults.server;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.fuse.DeviceMount;
import org.cdevgate.fuse.DeviceNode;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.GateBuilder;
import org.cdevgate.gate.GateGroup;
import org.cdevgate.gate.Removable;
import org.cdevgate.gate.front.RemovalListener;
import org.cdevgate.gate.removal.RemovalOutcome;
import org.cdevgate.gate.stress.oracle.DeviceLife;
import org.cdevgate.gate.stress.oracle.Finding;
import org.cdevgate.gate.stress.oracle.Findings;

/** A device of the server's: its driver, its gate, its books. */
final class PluggedDevice {
    private static final Duration SHORT = Duration.ofMillis(1);

    private final Journal journal;
    private final ServerSabotage sabotage;
    private final long generation;
    private final boolean quiet;
    private final StampedDriver driver;
    private final FopsGate gate;
    private final DeviceLife life;

    /**
     * @param name of the node; its kind is the name without the number at its end
     * @param quiet whether its hardware does nothing, so that calls sleep until the removal
     * @param late whether it has late release
     */
    PluggedDevice(
            String name,
            long generation,
            boolean quiet,
            boolean late,
            Journal journal,
            ServerSabotage sabotage) {
        this.journal = journal;
        this.sabotage = sabotage;
        this.generation = generation;
        this.quiet = quiet;
        driver = driver(name.replaceAll("[0-9]+$", ""), generation, sabotage);
        life = new DeviceLife(name + "#" + generation, 0, new Findings(this::judge));
        GateBuilder builder =
                FopsGate.builder(name, new CheckedDriver(driver, life, sabotage))
                        .wakeHook(driver::wakeOwnSleepers)
                        .onTeardown(life::teardownEnds) // they run in reverse order
                        .onTeardown(life::teardownBegins);
        if (late) {
            life.releasesLate();
            builder.lateRelease();
        }
        if (driver instanceof Disk) {
            builder.seekable(() -> Disk.BYTES);
        }
        gate = builder.build();
        life.registered();
    }

    /** Not what the driver itself does wrong, which some do on purpose. */
    private void judge(Finding finding) {
        if (finding.kind() != Finding.Kind.RESULT_OUT_OF_RANGE
                && finding.kind() != Finding.Kind.UNEXPECTED_EXCEPTION) {
            journal.violation(finding.toString());
        }
    }

    private static StampedDriver driver(String kind, long generation, ServerSabotage sabotage) {
        boolean parks = generation % 2 == 0;
        return switch (kind) {
            case "fifo" ->
                    sabotage == ServerSabotage.TWO_GENERATIONS
                                    || sabotage == ServerSabotage.WRONG_ERRNO
                            ? new Liar(generation, parks, sabotage)
                            : new Fifo(generation, parks);
            case "slow" -> new SlowOpen(generation, parks);
            case "own" -> new OwnSleeper(generation, false);
            case "deaf" -> new OwnSleeper(generation, true);
            case "disk" -> new Disk(generation);
            case "fault" -> new Thrower(generation);
            default -> throw new IllegalArgumentException("no kind of device '" + kind + "'");
        };
    }

    /** Publishes it; the events around it tell since when it may, and must, be there. */
    void plugInto(DeviceMount mount, long epoch) throws IOException, ErrnoException {
        journal.event("plugging " + generation + " " + gate.name() + " " + epoch);
        mount.register(gate, DeviceNode.named(gate.name()).mode(0666));
        // After the mount's own: when it is called the name is free.
        gate.front()
                .addRemovalListener(
                        new RemovalListener() {
                            @Override
                            public void onFlagged() {
                                journal.event("flagged " + generation);
                            }
                        });
        journal.event("plugged " + generation);
    }

    FopsGate gate() {
        return gate;
    }

    DeviceLife life() {
        return life;
    }

    void tick() {
        if (!quiet) {
            driver.tick();
        }
    }

    /** Removes devices in one of the forms, and returns when they are removed. */
    static void remove(List<PluggedDevice> devices, String form) throws Exception {
        PluggedDevice first = devices.get(0);
        for (PluggedDevice device : devices) {
            device.journal.event("removing " + device.generation);
            device.life.removalDeferred(); // none of the forms is asked who did the teardown
        }
        if (first.sabotage == ServerSabotage.DEAF_REMOVAL) {
            for (PluggedDevice device : devices) {
                device.journal.event("flagged " + device.generation);
                device.journal.event("removed " + device.generation);
            }
            return;
        }
        Removable all =
                devices.size() == 1
                        ? first.gate
                        : GateGroup.of(devices.stream().map(each -> each.gate).toList());
        run(all, form);
        for (PluggedDevice device : devices) {
            device.life.removerReturned();
            device.journal.event("removed " + device.generation);
        }
    }

    private static void run(Removable removable, String form) throws Exception {
        switch (form) {
            case "sync" -> removable.unregisterSync();
            case "bounded" -> {
                RemovalOutcome outcome = removable.unregisterSync(SHORT);
                while (!outcome.isRemoved()) {
                    if (outcome.toString().isEmpty()) { // a report is possible at any time
                        throw new IllegalStateException("a removal without a report");
                    }
                    outcome = removable.awaitRemoval(SHORT);
                }
            }
            case "async" -> removable.unregisterAsync().get();
            case "halves" -> {
                removable.beginRemoval();
                Thread.sleep(ThreadLocalRandom.current().nextInt(5)); // the driver stops hardware
                removable.awaitRemoval();
            }
            case "twice" -> {
                Thread other = new Thread(removable::unregisterSync, "faults-second-remover");
                other.start();
                removable.unregisterSync();
                other.join();
            }
            default -> throw new IllegalArgumentException("no form of removal '" + form + "'");
        }
    }
}
