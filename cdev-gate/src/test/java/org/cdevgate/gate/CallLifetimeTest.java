package org.cdevgate.gate;

import static org.cdevgate.gate.Answers.LOCAL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.gate.calls.Verb;
import org.junit.jupiter.api.Test;

/** A Call is valid inside its verb and on its thread; used elsewhere it says so. */
class CallLifetimeTest {
    private final WaitQueue queue = new WaitQueue("queue");
    private Call kept;
    private Runnable inside = () -> {};

    private final FopsGate gate =
            Reading.gate(
                    "keeper",
                    (file, call) -> {
                        kept = call;
                        inside.run();
                        return 0;
                    });

    private void assertUnusable() {
        String otherwise = "it would act on another call";
        assertThrows(IllegalStateException.class, () -> kept.isRemoving(), otherwise);
        assertThrows(IllegalStateException.class, () -> kept.wouldBlock(queue), otherwise);
        assertThrows(IllegalStateException.class, () -> kept.pollWait(queue), otherwise);
        assertThrows(IllegalStateException.class, () -> kept.await(queue, () -> true), otherwise);
        assertThrows(
                IllegalStateException.class,
                () -> kept.await(queue, () -> true, 1, TimeUnit.SECONDS),
                otherwise);
    }

    @Test
    void aCallKeptAfterItsVerbIsRefused() throws Exception {
        Answers.read(Answers.open(gate));
        assertUnusable();
        gate.unregisterSync();
    }

    @Test
    void aCallOnAnotherThreadIsRefused() throws Exception {
        OpenFile file = Answers.open(gate);
        Checkpoint checkpoint = new Checkpoint();
        inside = checkpoint::pass;
        Background<Integer> reader = Background.start(() -> Answers.read(file));
        checkpoint.awaitReached();
        assertUnusable();
        checkpoint.letGo();
        assertEquals(0, reader.result());
        gate.unregisterSync();
    }

    @Test
    void aCallTellsWhoCalls() throws Exception {
        ThreadlessCaller front = new ThreadlessCaller();
        OpenFile file = gate.front().newFile(OpenFlags.O_RDWR | OpenFlags.O_NONBLOCK, LOCAL);
        gate.front().open(file, LOCAL);
        inside =
                () -> {
                    assertSame(Verb.READ, kept.verb());
                    assertSame(file, kept.file());
                    assertEquals(4712, kept.tid());
                    assertEquals(4711, kept.pid());
                    assertEquals(1000, kept.uid());
                    assertEquals(100, kept.gid());
                    assertTrue(kept.isNonBlocking());
                    assertFalse(kept.isRemoving());
                    gate.beginRemoval();
                    assertTrue(kept.isRemoving(), "a driver that polls this would never stop");
                };
        assertEquals(0, Threadless.read(file, ByteBuffer.allocate(1), front));
        assertEquals(LOCAL.pid(), file.pid(), "the opener, not the caller of the moment");
        gate.awaitRemoval();
    }
}
