package org.cdevgate.fuse.nodes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.cdevgate.fuse.harness.Within;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A driver that does not say how large its device is costs one thread, whatever clients do. */
@Timeout(60)
class SizeQuestionsTest {
    private static final String NAME = "size-questions-test";
    private static final long BYTES = 4096;

    private final CountDownLatch says = new CountDownLatch(1);
    private final AtomicBoolean asked = new AtomicBoolean();
    private final FopsGate gate =
            FopsGate.builder("disk", new FileOperations() {}).seekable(this::size).build();
    private final Device device = StrayDevice.of(gate);
    private final SizeQuestions questions = new SizeQuestions(NAME);

    private long size() {
        asked.set(true);

        try {
            says.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return BYTES;
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(NAME))
                .count();
    }

    @Test
    void signalsOfTheCallersDoNotMultiplyTheThreadsThatAsk() {
        for (int i = 0; i < 5; i++) {
            Thread.currentThread().interrupt(); // as a signal does
            questions.ask(device);
            assertTrue(Thread.interrupted(), "the interrupt of call " + i + " is swallowed");
        }
        Within.limit("the driver is asked", asked::get);
        assertEquals(1, threads());
        says.countDown();
        Within.limit(
                "it is asked again when it has answered",
                () -> {
                    questions.ask(device);
                    device.tellSize();
                    return device.size() == BYTES;
                });
        questions.end();
        gate.unregisterSync();
    }

    /** What has no size seems empty, and a mapping of it ends in SIGBUS. */
    @Test
    void theFirstAnswerIsWaitedForAlsoOnAMachineThatIsVeryBusy() {
        FopsGate slowToStart =
                FopsGate.builder("disk", new FileOperations() {})
                        .seekable(
                                () -> {
                                    // The time that its thread may lack a processor.
                                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1500));
                                    return BYTES;
                                })
                        .build();
        Device disk = StrayDevice.of(slowToStart);
        questions.ask(disk);
        disk.tellSize();
        assertEquals(BYTES, disk.size());
        questions.end();
        slowToStart.unregisterSync();
    }
}
