package org.cdevgate.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.front.Caller;
import org.junit.jupiter.api.Test;

/**
 * Calls from every depth of a stack, down to its end: none stays in flight, nothing stays taken.
 */
class EndOfTheStackTest {
    private static final int ROUNDS = 4;
    private static final int DEPTHS = 300;

    private final WaitQueue queue = new WaitQueue("never");
    private final FopsGate inner = Reading.gate("inner", (file, call) -> 1);
    private final FopsGate gate =
            FopsGate.of(
                    "device",
                    new FileOperations() {
                        @Override
                        public int ioctl(
                                OpenFile file,
                                int command,
                                long argument,
                                ByteBuffer data,
                                Call call)
                                throws ErrnoException {
                            switch (command) {
                                case 0 -> {
                                    return Answers.read(innerFile);
                                }
                                case 1 ->
                                        call.awaitExclusive(
                                                queue, () -> false, 1, TimeUnit.NANOSECONDS);
                                case 2 -> call.onCancel(() -> {});
                                case 3 -> gate().front().ioctl(file, 3, 0, data, Caller.local());
                                default -> queue.wakeUp();
                            }
                            return 0;
                        }
                    });
    private OpenFile file;
    private OpenFile innerFile;
    private int failures;
    private int left;
    private boolean ended;

    private FopsGate gate() {
        return gate;
    }

    private interface Step {
        void run() throws Exception;
    }

    /** The step from so many depths, the last before the end of the stack first. */
    @SuppressWarnings("InfiniteRecursion") // that is what it is for
    private void fromTheEnd(Step step) throws Exception {
        try {
            fromTheEnd(step);
        } catch (StackOverflowError e) {
            ended = true;
        }
        if (left > 0) {
            left--;
            try {
                step.run();
            } catch (VirtualMachineError | ErrnoException e) { // also of a lambda's first use
                failures++;
            }
        }
    }

    private void onDeepStack(int depths, long size, Step step) throws Exception {
        left = depths;
        ended = false;
        Throwable[] failure = {null};
        Thread thread =
                new Thread(
                        null,
                        () -> {
                            try {
                                fromTheEnd(step);
                            } catch (Throwable e) {
                                failure[0] = e;
                            }
                        },
                        "deep",
                        size);
        thread.start();
        thread.join();
        if (failure[0] != null) {
            throw new AssertionError("the deep thread failed", failure[0]);
        }
        assertTrue(ended, "the stack did not end");
    }

    private void toTheEnd(Step step) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            onDeepStack(DEPTHS, (180 + 7L * round) * 1024, step);
            assertEquals(List.of(), gate.callsInFlight());
            assertEquals(List.of(), inner.callsInFlight());
            assertEquals(0, queue.sleepers());
        }
        assertTrue(failures > 0, "no call met the end of the stack");
    }

    @Test
    void callsOfEveryKindFromEveryDepth() throws Exception {
        file = Answers.open(gate);
        innerFile = Answers.open(inner);
        for (int each : new int[] {0, 1, 2, 4}) {
            toTheEnd(
                    () ->
                            gate.front()
                                    .ioctl(file, each, 0, ByteBuffer.allocate(0), Caller.local()));
        }
        toTheEnd(() -> gate.tryRun(() -> {}));
        toTheEnd(() -> gate.front().poll(file, Caller.local(), null));
        toTheEnd(() -> gate.front().close(Answers.open(gate)));

        // A lock left held, or a sleeper left behind, would show here.
        Background<Integer> other =
                Background.start(
                        () ->
                                gate.front()
                                        .ioctl(file, 1, 0, ByteBuffer.allocate(0), Caller.local()));
        assertEquals(0, other.result());
        for (FopsGate each : List.of(gate, inner)) {
            assertTrue(each.unregisterSync(Duration.ofSeconds(30)).isRemoved());
        }
    }

    @Test
    void aDriverThatCallsItselfUntilTheStackEnds() throws Exception {
        file = Answers.open(gate);
        for (int round = 0; round < 3 * ROUNDS; round++) {
            Thread thread =
                    new Thread(
                            null,
                            () -> {
                                try {
                                    gate.front()
                                            .ioctl(
                                                    file,
                                                    3,
                                                    0,
                                                    ByteBuffer.allocate(0),
                                                    Caller.local());
                                } catch (StackOverflowError | ErrnoException e) {
                                    failures++;
                                }
                            },
                            "deep",
                            (180 + 7L * round) * 1024);
            thread.start();
            thread.join();
            assertEquals(List.of(), gate.callsInFlight());
        }
        assertEquals(3 * ROUNDS, failures);
        assertTrue(gate.unregisterSync(Duration.ofSeconds(30)).isRemoved());
    }

    private static final class Removed {
        private final FopsGate gate =
                Reading.builder("in turn", (file, call) -> 1)
                        .onTeardown(() -> this.teardowns++)
                        .build();
        private int teardowns;
    }

    @Test
    void aRemovalFromEveryDepthCanBeFinishedByTheNextOne() throws Exception {
        Removed[] all = new Removed[DEPTHS];
        int[] made = {0};
        onDeepStack(
                DEPTHS,
                256 * 1024,
                () -> {
                    Removed each = new Removed();
                    all[made[0]++] = each;
                    each.gate.unregisterSync();
                });
        assertTrue(failures > 0, "no removal met the end of the stack");
        for (int i = 0; i < made[0]; i++) {
            assertTrue(all[i].gate.unregisterSync(Duration.ofSeconds(30)).isRemoved());
            assertEquals(1, all[i].teardowns);
        }
    }
}
