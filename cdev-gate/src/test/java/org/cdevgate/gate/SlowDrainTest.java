package org.cdevgate.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
        OpenFile file = Answers.open(gate);
        Background<Integer> reader = Background.start(() -> Answers.read(file));
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
        FopsGate gate = impatient("stuck0", new FileOperations() {});
        Hold hold = gate.hold("dma rx");
        List<Background<Boolean>> remover = new ArrayList<>();
        assertFalse(
                CapturedLog.untilText(
                                "hold \"dma rx\" of stuck0",
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
}
