package org.cdevgate.gate;

import static org.cdevgate.gate.Answers.LOCAL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.withSettings;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.IoctlCommand;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.abi.Seek;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.front.Caller;
import org.cdevgate.gate.front.RequestSleeper;
import org.cdevgate.gate.removal.RemovalProfile;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each profile answers each verb, whenever the call comes and however it sleeps. The verbs are
 * those of the interface: one that is added without an answer fails here.
 */
class RemovalAnswersTest {
    private static final int BYTES = 8;
    private static final String OTHERWISE = "a program that knows the family takes the wrong turn";

    private final WaitQueue queue = new WaitQueue("event");

    /** Blocked and later, and the verbs among themselves, can be told apart in this one. */
    private static RemovalProfile everyErrnoAnother() {
        RemovalProfile profile = RemovalProfile.EVDEV.withName("errnos");
        for (Verb verb : verbs()) {
            if (verb != Verb.POLL && verb != Verb.RELEASE) {
                profile =
                        profile.withLaterErrno(verb, 300 + verb.index())
                                .withBlockedErrno(verb, 400 + verb.index());
            }
        }
        return profile.withPoll(
                PollEvents.POLLERR | PollEvents.POLLPRI, PollEvents.POLLHUP | PollEvents.POLLIN);
    }

    private static RemovalProfile everythingSucceeds() {
        return RemovalProfile.EVDEV
                .withName("results")
                .withResult(Verb.READ, 0)
                .withLaterResult(Verb.WRITE, Integer.MAX_VALUE)
                .withBlockedResult(Verb.WRITE, 3)
                .withLaterResult(Verb.LLSEEK, 11)
                .withBlockedResult(Verb.LLSEEK, 12)
                .withLaterResult(Verb.IOCTL, 21)
                .withBlockedResult(Verb.IOCTL, 22)
                .withResult(Verb.FLUSH, 0)
                .withResult(Verb.FSYNC, 0);
    }

    private static List<Verb> verbs() {
        return Arrays.stream(FileOperations.class.getMethods())
                .filter(method -> !Modifier.isStatic(method.getModifiers()))
                .map(Method::getName)
                .map(name -> Verb.valueOf(name.toUpperCase(Locale.ROOT)))
                .toList();
    }

    private static Stream<Arguments> each(List<Verb> verbs) {
        List<RemovalProfile> profiles = new ArrayList<>(RemovalProfile.all());
        profiles.add(everyErrnoAnother());
        profiles.add(everythingSucceeds());
        return profiles.stream()
                .flatMap(profile -> verbs.stream().map(verb -> Arguments.of(profile, verb)));
    }

    static Stream<Arguments> all() {
        return each(verbs());
    }

    /** Poll never sleeps; release, at the removal, is the removal's own. */
    static Stream<Arguments> parkable() {
        return each(
                verbs().stream()
                        .filter(verb -> verb != Verb.POLL && verb != Verb.RELEASE)
                        .toList());
    }

    static Stream<Arguments> threadless() {
        return each(
                verbs().stream()
                        .filter(verb -> verb != Verb.POLL && verb != Verb.RELEASE)
                        .filter(verb -> verb != Verb.LLSEEK)
                        .toList());
    }

    private interface Behaviour {
        int in(Call call) throws Exception;
    }

    /** Whose verbs all answer 0, except that one behaves. */
    private FopsGate gate(RemovalProfile profile, Verb verb, Behaviour behaviour) {
        FileOperations driver =
                mock(
                        FileOperations.class,
                        withSettings()
                                .stubOnly()
                                .defaultAnswer(
                                        run -> {
                                            Call call =
                                                    run.getArgument(run.getArguments().length - 1);
                                            int result =
                                                    call.verb() == verb ? behaviour.in(call) : 0;
                                            Class<?> type = run.getMethod().getReturnType();
                                            return type == void.class
                                                    ? null
                                                    : type == long.class
                                                            ? (Object) (long) result
                                                            : result;
                                        }));
        return FopsGate.builder("gadget", driver).removalProfile(profile).build();
    }

    private static OpenFile fileFor(Verb verb, FopsGate gate) throws ErrnoException {
        return verb == Verb.OPEN ? gate.front().newFile(0, LOCAL) : Answers.open(gate);
    }

    /** What the verb answers: a negated errno, a result, or events. */
    private static long call(Verb verb, OpenFile file, Caller caller) {
        FopsGate gate = file.gate();
        try {
            switch (verb) {
                case OPEN -> {
                    return gate.front().open(file, caller);
                }
                case RELEASE -> {
                    gate.front().close(file);
                    return 0;
                }
                case FLUSH -> {
                    return gate.front().flush(file, caller);
                }
                case READ -> {
                    return gate.front().read(file, ByteBuffer.allocate(BYTES), 0, caller);
                }
                case WRITE -> {
                    return gate.front().write(file, ByteBuffer.allocate(BYTES), 0, caller);
                }
                case LLSEEK -> {
                    return gate.front().llseek(file, 0, Seek.SEEK_DATA, caller);
                }
                case IOCTL -> {
                    ByteBuffer none = ByteBuffer.allocate(0);
                    return gate.front().ioctl(file, IoctlCommand.io('T', 1), 0, none, caller);
                }
                case POLL -> {
                    return gate.front().poll(file, caller, null);
                }
                case MMAP -> {
                    return gate.front().mmap(file, 0, 4096, caller);
                }
                case FSYNC -> {
                    return gate.front().fsync(file, false, caller);
                }
                default -> throw new AssertionError(verb + " was added: give it a way here");
            }
        } catch (ErrnoException e) {
            return -e.errno();
        }
    }

    private static String shown(Verb verb, long answer) {
        return verb == Verb.POLL
                ? PollEvents.toString((int) answer)
                : answer < 0 ? "-1 " + Errno.describe((int) -answer) : Long.toString(answer);
    }

    private static void assertAnswer(Verb verb, int expected, long answer) {
        // Nobody is told that more was written than he gave.
        int atMost = verb == Verb.WRITE ? Math.min(expected, BYTES) : expected;
        assertEquals(shown(verb, atMost), shown(verb, answer), OTHERWISE);
    }

    @ParameterizedTest
    @MethodSource("all")
    void aLaterCallGetsTheLaterAnswer(RemovalProfile profile, Verb verb) throws Exception {
        FopsGate gate =
                gate(
                        profile,
                        verb,
                        call -> {
                            if (call.isRemoving() && verb != Verb.RELEASE) {
                                throw new AssertionError("the driver was entered after its time");
                            }
                            return 0;
                        });
        OpenFile file = fileFor(verb, gate);
        gate.unregisterSync();
        assertAnswer(verb, profile.later(verb), call(verb, file, LOCAL));
        assertAnswer(verb, profile.later(verb), call(verb, file, new ThreadlessCaller()));
    }

    @ParameterizedTest
    @MethodSource("parkable")
    void aParkedCallGetsTheBlockedAnswerAndItsDriverEnodev(RemovalProfile profile, Verb verb)
            throws Exception {
        CompletableFuture<Integer> seen = new CompletableFuture<>();
        FopsGate gate =
                gate(
                        profile,
                        verb,
                        call -> {
                            try {
                                call.await(queue, () -> false);
                                return 0;
                            } catch (ErrnoException e) {
                                seen.complete(e.errno());
                                throw e;
                            }
                        });
        OpenFile file = fileFor(verb, gate);
        Background<Long> parked = Background.start(() -> call(verb, file, LOCAL));
        Eventually.asleep(queue, 1);
        gate.unregisterSync();
        assertAnswer(verb, profile.blocked(verb), parked.result());
        assertEquals(
                Errno.ENODEV.number(),
                seen.get(Eventually.SECONDS, TimeUnit.SECONDS),
                "a driver would have to know the profile");
    }

    @ParameterizedTest
    @MethodSource("threadless")
    void aRequestThatSleepsGetsTheBlockedAnswer(RemovalProfile profile, Verb verb)
            throws Exception {
        FopsGate gate = gate(profile, verb, call -> call.wouldBlock(queue));
        OpenFile file = fileFor(verb, gate);
        ThreadlessCaller caller = new ThreadlessCaller();
        assertEquals(Call.WOULD_BLOCK, call(verb, file, caller));
        AnsweredRequest request = new AnsweredRequest();
        while (!gate.front().sleep(request, caller)) { // the first sleep on a queue looks twice
            assertEquals(Call.WOULD_BLOCK, call(verb, file, caller));
        }
        gate.unregisterSync();
        assertAnswer(verb, profile.blocked(verb), request.answer());

        AnsweredRequest late = new AnsweredRequest();
        gate.front().sleep(late, caller);
        assertAnswer(verb, profile.blocked(verb), late.answer());
    }

    @ParameterizedTest
    @MethodSource("threadless")
    void aThreadOfThisJvmThatSleepsForItsRequestGetsTheBlockedAnswer(
            RemovalProfile profile, Verb verb) throws Exception {
        FopsGate gate = gate(profile, verb, call -> call.wouldBlock(queue));
        OpenFile file = fileFor(verb, gate);
        Background<Long> sleeping = Background.start(() -> call(verb, file, LOCAL));
        Eventually.asleep(queue, 1);
        gate.unregisterSync();
        assertAnswer(verb, profile.blocked(verb), sleeping.result());
    }

    /** In flight at the flag, asleep only after all wake-ups of the removal. */
    @ParameterizedTest
    @MethodSource("threadless")
    void aCallThatGoesToSleepAfterTheFlagGetsTheBlockedAnswer(RemovalProfile profile, Verb verb)
            throws Exception {
        Checkpoint beforeSleep = new Checkpoint();
        FopsGate gate =
                gate(
                        profile,
                        verb,
                        call -> {
                            beforeSleep.pass();
                            return call.wouldBlock(queue);
                        });
        OpenFile file = fileFor(verb, gate);
        Background<Long> call = Background.start(() -> call(verb, file, LOCAL));
        beforeSleep.awaitReached();
        gate.beginRemoval();
        beforeSleep.letGo();
        assertAnswer(verb, profile.blocked(verb), call.result());
        gate.awaitRemoval();
    }

    /** A driver that blocks in the JDK's ways, and is woken by an interrupt of its hook's. */
    @ParameterizedTest
    @MethodSource("parkable")
    void anInterruptedCallGetsTheBlockedAnswer(RemovalProfile profile, Verb verb) throws Exception {
        Checkpoint blocked = new Checkpoint();
        FopsGate gate =
                gate(
                        profile,
                        verb,
                        call -> {
                            blocked.pass();
                            throw new InterruptedException("woken by the driver's hook");
                        });
        OpenFile file = fileFor(verb, gate);
        Background<Long> call = Background.start(() -> call(verb, file, LOCAL));
        blocked.awaitReached();
        gate.beginRemoval();
        blocked.letGo();
        assertAnswer(verb, profile.blocked(verb), call.result());
        gate.awaitRemoval();
    }

    @ParameterizedTest
    @MethodSource("profiles")
    void aPollInTheDriverGetsTheBlockedEvents(RemovalProfile profile) throws Exception {
        Checkpoint inside = new Checkpoint();
        FopsGate gate =
                gate(
                        profile,
                        Verb.POLL,
                        call -> {
                            inside.pass();
                            return PollEvents.POLLWRBAND;
                        });
        OpenFile file = Answers.open(gate);
        Background<Long> poll = Background.start(() -> call(Verb.POLL, file, LOCAL));
        inside.awaitReached();
        gate.beginRemoval();
        inside.letGo();
        assertAnswer(Verb.POLL, profile.blocked(Verb.POLL), poll.result());
        gate.awaitRemoval();
    }

    static Stream<RemovalProfile> profiles() {
        return all().map(arguments -> (RemovalProfile) arguments.get()[0]).distinct();
    }

    /** A front's request that keeps the removal's answer. */
    private static final class AnsweredRequest extends RequestSleeper {
        private final CompletableFuture<Integer> answer = new CompletableFuture<>();

        @Override
        protected void runAgain() {
            answer.completeExceptionally(new AssertionError("run again after the removal"));
        }

        @Override
        protected void removed(int removalAnswer) {
            answer.complete(removalAnswer);
        }

        int answer() throws Exception {
            return answer.get(Eventually.SECONDS, TimeUnit.SECONDS);
        }
    }
}
