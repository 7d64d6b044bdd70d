package org.cdevgate.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.cdevgate.gate.removal.RemovalReport;
import org.junit.jupiter.api.Test;

/** A removal that waits long says by itself for what. */
class SlowDrainTest {
    private final Checkpoint stuck = new Checkpoint();
    private final FileOperations driver =
            (Reading)
                    (file, call) -> {
                        stuck.pass();
                        return 1;
                    };

    private static FopsGate impatient(String name, FileOperations driver) {
        return FopsGate.builder(name, driver).slowDrain(Duration.ofMillis(1)).build();
    }

    @Test
    void theLogNamesTheCulpritWithItsStack() throws Exception {
        FopsGate gate = impatient("stuck0", driver);
        Background<Integer> reader = Answers.startReading(gate);
        stuck.awaitReached();
        List<Background<Boolean>> remover = new ArrayList<>();
        String text =
                CapturedLog.untilText(
                        "Checkpoint.pass",
                        1,
                        () -> remover.add(Background.start(gate::unregisterSync)));
        stuck.letGo();
        assertTrue(remover.get(0).result());
        assertEquals(1, reader.result());
        assertTrue(
                text.contains("gate of stuck0 (removing) still waits for calls in flight after"),
                () -> "nobody learns that a removal hangs: " + text);
        assertTrue(text.contains("read of stuck0 by pid " + ProcessHandle.current().pid()), text);
    }

    @Test
    void itIsLoggedAgain() throws Exception {
        FopsGate gate = impatient("again0", new FileOperations() {});
        Hold hold = gate.hold("dma rx");
        List<Background<Boolean>> remover = new ArrayList<>();
        assertFalse(
                CapturedLog.untilText(
                                "hold \"dma rx\" of again0",
                                3,
                                () -> remover.add(Background.start(gate::unregisterSync)))
                        .isEmpty());
        hold.release();
        assertTrue(remover.get(0).result());
    }

    /**
     * The first gate that is waited for is a patient one; the second one's limit counts all the
     * same.
     */
    @Test
    void eachMemberOfAGroupHasItsOwnThreshold() throws Exception {
        FopsGate impatient = impatient("impatient", new FileOperations() {});
        FopsGate patient =
                FopsGate.builder("patient", new FileOperations() {})
                        .slowDrain(Duration.ofDays(1))
                        .build();
        Hold first = patient.hold("first");
        Hold second = impatient.hold("second");
        GateGroup group = GateGroup.of(impatient, patient);
        Background<Boolean> remover = Background.start(group::unregisterSync);
        remover.awaitDraining();
        assertTrue(
                CapturedLog.untilText("hold \"second\" of impatient", 1, first::release)
                        .contains("impatient (removing) still waits for holds"));
        second.release();
        assertTrue(remover.result());
    }

    @Test
    void aThresholdIsATime() {
        GateBuilder builder = FopsGate.builder("disk", driver);
        for (Duration wrong : List.of(Duration.ZERO, Duration.ofMillis(-1))) {
            assertThrows(IllegalArgumentException.class, () -> builder.slowDrain(wrong));
        }
        assertTrue(builder.slowDrain(Duration.ofSeconds(Long.MAX_VALUE)).build().unregisterSync());
    }

    /** The log's own work, and looking at thousands of calls, are not the remover's. */
    @Test
    void theRemovalGoesOnWhileTheLogIsStuck() throws Exception {
        FopsGate gate = impatient("stuck-log0", new FileOperations() {});
        Hold hold = gate.hold("dma rx");
        Checkpoint log = new Checkpoint();
        PrintStream real = System.err;
        System.setErr(
                new PrintStream(
                        new OutputStream() {
                            private final StringBuilder text = new StringBuilder();

                            // Only at this gate's report: another test's may come late.
                            @Override
                            public synchronized void write(int octet) {
                                text.append((char) octet);
                                if (text.indexOf(gate.name()) >= 0) {
                                    log.pass();
                                }
                            }
                        }));
        try {
            Background<Boolean> remover = Background.start(gate::unregisterSync);
            log.awaitReached();
            assertFalse(gate.removal().slow("holds", 1), "two reports are made at once");
            hold.release();
            assertTrue(remover.result(), "the removal waits for the log");
        } finally {
            log.letGo();
            System.setErr(real);
        }
    }

    @Test
    void thousandsOfCallsAreAHundredAndANumber() throws Exception {
        FopsGate gate = impatient("crowded", new FileOperations() {});
        Checkpoint inside = new Checkpoint();
        Background<Void> crowd =
                Background.start(
                        () -> {
                            long[] tickets = new long[1_000];
                            for (int i = 0; i < tickets.length; i++) {
                                tickets[i] = gate.enter();
                            }
                            inside.pass();
                            for (int i = tickets.length; i > 0; i--) {
                                gate.exit(tickets[i - 1]);
                            }
                            return null;
                        });
        inside.awaitReached();
        Hold hold = gate.hold("the one that matters");
        RemovalReport report = gate.report();
        assertEquals(100, report.culprits().size());
        assertEquals(901, report.culpritsLeftOut());
        List<Background<Boolean>> remover = new ArrayList<>();
        String text =
                CapturedLog.untilText(
                        "and 901 more",
                        1,
                        () -> remover.add(Background.start(gate::unregisterSync)));
        assertTrue(text.contains("the one that matters"), "thousands of calls hide a hold");
        assertTrue(text.length() < 100_000, () -> "a log of " + text.length());
        inside.letGo();
        crowd.result();
        hold.release();
        assertTrue(remover.get(0).result());
    }

    @Test
    void soAreThousandsOfHoldsAndDevices() throws Exception {
        FopsGate gate = impatient("held", new FileOperations() {});
        List<Hold> holds = new ArrayList<>();
        for (int i = 0; i < 4_000; i++) {
            holds.add(gate.hold("transfer " + i));
        }
        RemovalReport report = gate.report();
        assertEquals(100, report.culprits().size());
        assertEquals(3_900, report.culpritsLeftOut());
        assertTrue(report.toString().endsWith("  and 3,900 more\n"), report::toString);
        assertEquals(4_000, gate.callsInFlight().size(), "who asks for all gets all");
        holds.forEach(Hold::release);
        assertTrue(gate.unregisterSync());

        List<FopsGate> many = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            many.add(FopsGate.of("device " + i, new FileOperations() {}));
        }
        GateGroup group = GateGroup.of(many);
        assertTrue(group.toString().endsWith("and 980 more"), group::toString);
        assertTrue(group.report().toString().length() < 1_000, group.report()::toString);
        assertTrue(group.unregisterSync());
    }
}
