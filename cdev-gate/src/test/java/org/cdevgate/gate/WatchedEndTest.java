package org.cdevgate.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.cdevgate.gate.accounting.CallFrame;
import org.cdevgate.gate.accounting.CallRecords;
import org.cdevgate.gate.calls.Verb;
import org.junit.jupiter.api.Test;

/** A remover asks for the end of a call that ends at that moment. */
class WatchedEndTest {
    private static final int CALLS = 400_000;

    private final FopsGate gate = FopsGate.of("turnstile", new FileOperations() {});

    /** Each call has one chance to be put back by a remover that saw it before its end. */
    @Test
    void aCallThatIsWatchedAsItEndsHasEnded() throws Exception {
        AtomicReference<CallFrame> frame = new AtomicReference<>();
        AtomicBoolean over = new AtomicBoolean();
        Background<Boolean> remover =
                Background.start(
                        () -> {
                            while (!over.get()) {
                                CallFrame watched = frame.get();
                                if (watched != null) {
                                    watched.watchEnd(gate.ref());
                                }
                            }
                            return true;
                        });
        Background<Boolean> caller =
                Background.start(
                        () -> {
                            frame.set(CallRecords.currentFrame());
                            for (int i = 0; i < CALLS; i++) {
                                gate.exit(gate.enter());
                            }
                            return true;
                        });
        try {
            assertTrue(caller.result());
        } finally {
            over.set(true);
        }
        assertTrue(remover.result());
        assertEquals(
                List.of(),
                gate.callsInFlight(),
                "a call that has ended is in flight again, and a removal waits for it for ever");
        assertEquals(CALLS, gate.counters().calls(Verb.ENTERED));
        assertTrue(gate.unregisterSync());
    }
}
