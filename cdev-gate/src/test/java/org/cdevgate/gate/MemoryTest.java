package org.cdevgate.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Devices that come and go leave nothing behind. */
class MemoryTest {
    /** {@code -Dcdevgate.memory.gates=10000} for longer. */
    private static final int GATES = Integer.getInteger("cdevgate.memory.gates", 2_000);

    private static final int FILES = 1_000;

    /** Objects that stay for reasons of their own: frames refer to the gate they served last. */
    private static final long SLACK = 200;

    private final WaitQueue queue = new WaitQueue("outlives the devices");
    private final FopsGate parent = FopsGate.of("outlives the devices", new FileOperations() {});

    private final FileOperations driver =
            (Reading)
                    (file, call) -> {
                        call.onCancel(() -> {});
                        call.hold("request").release();
                        return call.await(queue, () -> false, 0, java.util.concurrent.TimeUnit.DAYS)
                                ? 1
                                : 0;
                    };

    @Test
    void thousandsOfGatesWithAThousandOpenFilesEachInTurn() throws Exception {
        oneGate(FILES); // loads the classes
        Map<String, Long> before = Heap.instances();
        for (int i = 0; i < GATES; i++) {
            oneGate(FILES);
        }
        assertSameAs(before);
    }

    private void oneGate(int files) throws Exception {
        FopsGate gate = FopsGate.builder("in turn", driver).parent(parent).build();
        List<OpenFile> opened = new ArrayList<>(files);
        for (int i = 0; i < files; i++) {
            OpenFile file = Answers.open(gate);
            file.setPrivateData(gate);
            opened.add(file);
        }
        assertEquals(0, Answers.read(opened.get(0)));
        assertEquals(files, gate.counters().openFiles());
        for (int i = 0; i < files; i += 2) {
            gate.front().close(opened.get(i)); // half by close, half by the removal
        }
        assertTrue(gate.unregisterSync());
    }

    /** Waits, because callbacks and hooks have threads of their own that may just be ending. */
    private static void assertSameAs(Map<String, Long> before) {
        List<String> grown = new ArrayList<>();
        Eventually.until(
                "memory to return to where it was",
                () -> {
                    grown.clear();
                    Heap.instances()
                            .forEach(
                                    (name, count) -> {
                                        if (count > before.getOrDefault(name, 0L) + SLACK) {
                                            grown.add(name + ": " + count);
                                        }
                                    });
                    return grown.isEmpty();
                });
        assertEquals(List.of(), grown);
    }

    /** As a driver may have it: hooks, sleepers, holds, and threads that come and go. */
    @Test
    void gatesWithSleepersAndHooksInTurn() throws Exception {
        Map<String, Long> before = Heap.instances();
        for (int i = 0; i < 400; i++) { // more than the slack
            FopsGate gate =
                    Reading.builder(
                                    "in turn",
                                    (file, call) -> {
                                        call.onCancel(() -> {});
                                        call.await(queue, () -> false);
                                        return 1;
                                    })
                            .parent(parent)
                            .wakeHook(() -> {})
                            .build();
            Background<Integer> reader = Answers.startReading(gate);
            Eventually.until("the reader to sleep", () -> queue.sleepers() == 1);
            assertTrue(gate.unregisterSync());
            assertTrue(reader.failure() instanceof org.cdevgate.abi.ErrnoException);
        }
        assertSameAs(before);
    }

    @Test
    void theHistogramSeesWhatIsThere() throws Exception {
        long before = Heap.instances().getOrDefault("FopsGate", 0L);
        List<FopsGate> gates = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            gates.add(FopsGate.of("kept", new FileOperations() {}));
        }
        assertFalse(Heap.instances().get("FopsGate") < before + 1_000 - SLACK);
        assertTrue(GateGroup.of(gates).unregisterSync());
    }
}
