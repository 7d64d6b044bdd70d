package org.cdevgate.gate;

import static org.cdevgate.gate.Answers.LOCAL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.clearInvocations;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.mockingDetails;
import static org.mockito.Mockito.verifyNoInteractions;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.IoctlCommand;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.abi.Seek;
import org.cdevgate.gate.calls.Verb;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mockito.invocation.Invocation;

/**
 * No verb reaches the driver past the gate. Device frameworks leaked verbs when one was added and
 * its wrapper forgotten: here a new verb fails the first test until it has a way, and then has to
 * hold the others.
 */
class EveryVerbIsGatedTest {
    private interface Way {
        void take(FopsGate gate, OpenFile file) throws ErrnoException;
    }

    /** How each verb is reached, by the name of its method. */
    private static final Map<String, Way> WAYS =
            Map.of(
                    "open",
                    (gate, file) -> gate.front().open(0, LOCAL),
                    "release",
                    (gate, file) -> gate.front().close(file),
                    "flush",
                    (gate, file) -> gate.front().flush(file, LOCAL),
                    "read",
                    (gate, file) -> gate.front().read(file, ByteBuffer.allocate(8), 0, LOCAL),
                    "write",
                    (gate, file) -> gate.front().write(file, ByteBuffer.allocate(8), 0, LOCAL),
                    "llseek",
                    (gate, file) -> gate.front().llseek(file, 0, Seek.SEEK_DATA, LOCAL),
                    "ioctl",
                    (gate, file) ->
                            gate.front()
                                    .ioctl(
                                            file,
                                            IoctlCommand.io('T', 1),
                                            0,
                                            ByteBuffer.allocate(0),
                                            LOCAL),
                    "poll",
                    (gate, file) -> gate.front().poll(file, LOCAL, null),
                    "mmap",
                    (gate, file) -> gate.front().mmap(file, 0, 4096, LOCAL),
                    "fsync",
                    (gate, file) -> gate.front().fsync(file, false, LOCAL));

    static Stream<String> verbs() {
        return Arrays.stream(FileOperations.class.getMethods())
                .filter(method -> !Modifier.isStatic(method.getModifiers()))
                .map(Method::getName);
    }

    @Test
    void everyVerbOfTheInterfaceHasAWayThroughTheGate() {
        List<String> verbs = verbs().toList();
        assertEquals(
                new TreeSet<>(WAYS.keySet()),
                new TreeSet<>(verbs),
                "a verb was added or renamed: give it a method of FopsGate and a way in this test");
        assertEquals(WAYS.size(), verbs.size(), "two verbs share a name: tell them apart here");
        for (String verb : verbs) {
            Verb.valueOf(verb.toUpperCase(Locale.ROOT)); // or it could not be reported
        }
    }

    /** A driver whose verbs all answer 0, except that one may stop at a checkpoint. */
    private static FileOperations driverStoppedIn(
            String verb, AtomicBoolean armed, Checkpoint checkpoint) {
        return mock(
                FileOperations.class,
                call -> {
                    if (armed.get() && call.getMethod().getName().equals(verb)) {
                        checkpoint.pass();
                    }
                    Class<?> type = call.getMethod().getReturnType();
                    if (type == int.class) {
                        return 0;
                    }
                    return type == long.class ? (Object) 0L : null;
                });
    }

    @ParameterizedTest
    @MethodSource("verbs")
    void theWayLeadsToThatVerb(String verb) throws Exception {
        FileOperations driver = mock(FileOperations.class);
        FopsGate gate = FopsGate.of("mouse", driver);
        OpenFile file = Answers.open(gate);
        clearInvocations(driver);

        WAYS.get(verb).take(gate, file);

        List<String> reached =
                mockingDetails(driver).getInvocations().stream()
                        .map(Invocation::getMethod)
                        .map(Method::getName)
                        .toList();
        assertEquals(List.of(verb), reached, "the driver was called for something else");
    }

    @ParameterizedTest
    @MethodSource("verbs")
    void afterTheRemovalTheVerbNeverReachesTheDriver(String verb) throws Exception {
        FileOperations driver = mock(FileOperations.class);
        FopsGate gate = FopsGate.of("mouse", driver);
        OpenFile file = Answers.open(gate);
        gate.unregisterSync();
        clearInvocations(driver);

        assertDead(verb, gate, file);

        verifyNoInteractions(driver);
    }

    private static void assertDead(String verb, FopsGate gate, OpenFile file)
            throws ErrnoException {
        switch (verb) {
            case "poll" ->
                    assertEquals(
                            PollEvents.POLLERR | PollEvents.POLLHUP,
                            gate.front().poll(file, LOCAL, null),
                            "select would sleep on a dead device");
            case "release" -> gate.front().close(file); // close(2) of a dead device succeeds
            case "flush" -> assertEquals(0, gate.front().flush(file, LOCAL), "so must its flush");
            default ->
                    Answers.assertErrno(
                            Errno.ENODEV,
                            () -> WAYS.get(verb).take(gate, file),
                            verb + " of a dead device answers something else");
        }
    }

    @ParameterizedTest
    @MethodSource("verbs")
    void theRemovalWaitsForTheVerb(String verb) throws Exception {
        Checkpoint checkpoint = new Checkpoint();
        AtomicBoolean armed = new AtomicBoolean();
        FileOperations driver = driverStoppedIn(verb, armed, checkpoint);
        AtomicBoolean tornDown = new AtomicBoolean();
        FopsGate gate =
                FopsGate.builder("mouse", driver).onTeardown(() -> tornDown.set(true)).build();
        OpenFile file = Answers.open(gate);
        armed.set(true);
        AtomicBoolean ended = new AtomicBoolean();
        Background<Boolean> call =
                Background.start(
                        () -> {
                            WAYS.get(verb).take(gate, file);
                            return ended.get();
                        });
        checkpoint.awaitReached();
        Background<Boolean> remover =
                Background.start(
                        () -> {
                            gate.unregisterSync();
                            return ended.get();
                        });

        Eventually.until("the removal to begin", gate::isRemoving);
        remover.awaitDraining();
        assertFalse(
                tornDown.get() || gate.isRemoved() || remover.isDone(),
                () -> "the device was freed under a running " + verb);
        String running = gate.callsInFlight().get(0).verb().toString();
        assertEquals(verb, running, "the report names another culprit");
        if (!verb.equals("release") && !verb.equals("open")) {
            assertDead("read", gate, file); // and nobody else comes in meanwhile
        }
        ended.set(true);
        checkpoint.letGo();

        assertTrue(remover.result(), () -> "unregisterSync() came back from a running " + verb);
        assertTrue(call.result());
        assertTrue(tornDown.get());
    }
}
