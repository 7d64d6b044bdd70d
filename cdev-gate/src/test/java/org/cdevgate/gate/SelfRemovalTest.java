package org.cdevgate.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.front.RemovalListener;
import org.cdevgate.gate.removal.SelfRemovalException;
import org.junit.jupiter.api.Test;

/** Who waits for a removal inside the gate would wait for itself: it is told, and nothing hangs. */
class SelfRemovalTest {
    private final AtomicReference<SelfRemovalException> told = new AtomicReference<>();
    private FopsGate gate;

    private void removeSelf() {
        told.set(assertThrows(SelfRemovalException.class, gate::unregisterSync));
    }

    private void assertToldAbout(String where) {
        SelfRemovalException exception = told.get();
        assertTrue(exception != null, () -> "no exception in " + where);
        String message = exception.getMessage();
        assertTrue(message.contains(where), () -> "\"" + message + "\" does not name " + where);
        assertTrue(message.contains("beginRemoval()"), () -> "no remedy in \"" + message + "\"");
    }

    private static FileOperations reading(Runnable inside) {
        return (Reading)
                (file, call) -> {
                    inside.run();
                    return 0;
                };
    }

    @Test
    void insideAVerb() throws Exception {
        gate = FopsGate.of("self", reading(this::removeSelf));
        OpenFile file = Answers.open(gate);
        Background<Integer> reader = Background.start(() -> Answers.read(file));
        assertEquals(0, reader.result());
        assertToldAbout("read");
        assertFalse(gate.isRemoving(), "the refused removal flagged the device all the same");
        assertEquals(0, Answers.read(file));
        assertTrue(gate.unregisterSync());
    }

    @Test
    void insideANestedCallOfAnotherGate() throws Exception {
        FopsGate other = FopsGate.of("other", reading(this::removeSelf));
        OpenFile otherFile = Answers.open(other);
        gate =
                FopsGate.of(
                        "self",
                        new FileOperations() {
                            @Override
                            public int ioctl(
                                    OpenFile file,
                                    int command,
                                    long argument,
                                    ByteBuffer data,
                                    Call call)
                                    throws ErrnoException {
                                return Answers.read(otherFile);
                            }
                        });
        OpenFile file = Answers.open(gate);
        Background<Integer> caller =
                Background.start(
                        () ->
                                gate.front()
                                        .ioctl(file, 0, 0, ByteBuffer.allocate(0), Answers.LOCAL));
        assertEquals(0, caller.result());
        assertToldAbout("ioctl");
        assertTrue(gate.unregisterSync());
        assertTrue(other.unregisterSync());
    }

    @Test
    void insideACallOfAnotherGateItMayRemoveThisOne() throws Exception {
        gate = FopsGate.of("removed", reading(() -> {}));
        FopsGate other = FopsGate.of("remover", reading(() -> assertTrue(gate.unregisterSync())));
        OpenFile file = Answers.open(other);
        assertEquals(0, Answers.read(file));
        assertTrue(gate.isRemoved());
        assertTrue(other.unregisterSync());
    }

    @Test
    void insideAReleaseOfAClose() throws Exception {
        gate = Releasing.gate("self", (file, call) -> removeSelf());
        OpenFile file = Answers.open(gate);
        gate.front().close(file);
        assertToldAbout("release");
        assertTrue(gate.unregisterSync());
    }

    @Test
    void insideAReleaseOfTheRemover() throws Exception {
        gate = Releasing.gate("self", (file, call) -> removeSelf());
        Answers.open(gate);
        Background<Boolean> remover = Background.start(gate::unregisterSync);
        assertTrue(remover.result());
        assertToldAbout("release");
    }

    @Test
    void insideADestructor() throws Exception {
        gate = FopsGate.of("self", new FileOperations() {});
        OpenFile file = Answers.open(gate);
        file.setPrivateData("data", d -> removeSelf());
        gate.front().close(file);
        assertToldAbout("release");
        assertTrue(gate.unregisterSync());
    }

    @Test
    void insideATeardown() throws Exception {
        gate = FopsGate.builder("self", reading(() -> {})).onTeardown(this::removeSelf).build();
        Background<Boolean> remover = Background.start(gate::unregisterSync);
        assertTrue(remover.result());
        assertToldAbout("teardown");
    }

    @Test
    void insideAListener() throws Exception {
        gate = FopsGate.of("self", reading(() -> {}));
        gate.front()
                .addRemovalListener(
                        new RemovalListener() {
                            @Override
                            public void onFlagged() {
                                removeSelf();
                            }
                        });
        Background<Boolean> remover = Background.start(gate::unregisterSync);
        assertTrue(remover.result());
        assertToldAbout("callbacks");
    }

    @Test
    void insideTheWakeHook() throws Exception {
        gate = FopsGate.builder("self", reading(() -> {})).wakeHook(this::removeSelf).build();
        Background<Boolean> remover = Background.start(gate::unregisterSync);
        assertTrue(remover.result());
        assertToldAbout("wake hook");
    }

    @Test
    void betweenEnterAndExit() throws Exception {
        gate = FopsGate.of("self", reading(() -> {}));
        long ticket = gate.enter();
        removeSelf();
        assertToldAbout("entered");
        gate.exit(ticket);
        assertTrue(gate.unregisterSync());
    }

    @Test
    void everyWayToWaitIsChecked() throws Exception {
        gate = FopsGate.of("self", reading(() -> {}));
        long ticket = gate.enter();
        assertTrue(gate.beginRemoval());
        assertThrows(SelfRemovalException.class, () -> gate.awaitRemoval());
        assertThrows(SelfRemovalException.class, () -> gate.awaitRemoval(Duration.ofMillis(1)));
        gate.exit(ticket);
        assertTrue(gate.awaitRemoval());
    }

    @Test
    void aVerbMayBeginTheRemovalAndEndsNormally() throws Exception {
        gate =
                Reading.gate(
                        "self",
                        (file, call) -> {
                            assertTrue(gate.beginRemoval());
                            assertFalse(gate.beginRemoval(), "begun twice");
                            return 3;
                        });
        OpenFile file = Answers.open(gate);
        assertEquals(3, Answers.read(file), "the call that noticed the unplug lost its result");
        Answers.assertErrno(Errno.ENODEV, () -> Answers.read(file), "still alive");
        assertTrue(gate.awaitRemoval());
    }

    @Test
    void waitingForARemovalThatNobodyBeganIsRefused() {
        gate = FopsGate.of("self", reading(() -> {}));
        assertThrows(IllegalStateException.class, () -> gate.awaitRemoval());
        assertTrue(gate.unregisterSync());
        assertFalse(gate.unregisterSync());
        assertFalse(gate.awaitRemoval());
        assertTrue(gate.awaitRemoval(Duration.ZERO).isRemoved());
    }
}
