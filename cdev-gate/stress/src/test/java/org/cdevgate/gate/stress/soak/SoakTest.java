package org.cdevgate.gate.stress.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.stress.oracle.Finding;
import org.cdevgate.gate.stress.oracle.Finding.Kind;
import org.cdevgate.gate.stress.workload.GateSabotage;
import org.cdevgate.gate.stress.workload.StressPlan;
import org.cdevgate.gate.stress.workload.StressRun;
import org.junit.jupiter.api.Test;

class SoakTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static final int MOST_RUNS = 5;

    private static String output(int status, String... args) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            int ended = Soak.run(args, out);
            String text = bytes.toString(StandardCharsets.UTF_8);
            assertEquals(status, ended, text);
            return text;
        }
    }

    @Test
    void theGateHoldsItsPromisesAndTheSeedIsShown() throws Exception {
        List<String> lines = output(0, "--seconds", "2", "--seed", "5").lines().toList();
        assertTrue(lines.get(0).contains("--seconds 2 --seed 5"), lines.get(0));
        String last = lines.get(lines.size() - 1);
        assertTrue(
                last.matches(
                        "soak: passed seed=5 seconds=[0-9.]+ devices=\\d+ calls=\\d+ findings=0"),
                last);
    }

    @Test
    void wrongArgumentsAreNamed() throws Exception {
        assertTrue(output(2, "--second", "2").contains("--second is unknown"));
    }

    /** Runs until each of these was noticed, with a limit that only a blind oracle reaches. */
    private static void assertFound(Set<Kind> wanted, Duration patience, GateSabotage sabotage)
            throws Exception {
        assertFound(wanted, patience, sabotage, Soak.plan());
    }

    private static void assertFound(
            Set<Kind> wanted, Duration patience, GateSabotage sabotage, StressPlan base)
            throws Exception {
        Set<Kind> missing = EnumSet.copyOf(wanted);
        Set<Kind> found = EnumSet.noneOf(Kind.class);
        AtomicReference<StressRun> run = new AtomicReference<>();
        Consumer<Finding> noting =
                finding -> {
                    synchronized (missing) {
                        found.add(finding.kind());
                        missing.remove(finding.kind());
                        if (missing.isEmpty()) {
                            run.get().end();
                        }
                    }
                };
        // A run is given up at the first thing that hangs for good, and there may be others than
        // the
        // one that is looked for: the removal, where a call sleeps on that no caller of the run's
        // made.
        for (int seed = 1; seed <= MOST_RUNS; seed++) {
            StressPlan plan =
                    base.seed(seed)
                            .duration(LIMIT)
                            .patience(patience)
                            .required()
                            .sabotage(sabotage)
                            .atOnce(noting);
            run.set(new StressRun(plan));
            run.get().execute();
            synchronized (missing) {
                if (missing.isEmpty()) {
                    return;
                }
            }
        }
        synchronized (missing) {
            throw new AssertionError(missing + " not noticed, only " + found);
        }
    }

    private static void assertFound(Kind kind, GateSabotage sabotage) throws Exception {
        assertFound(EnumSet.of(kind), LIMIT, sabotage);
    }

    /** Something that stands between gate and driver and changes one verb. */
    private interface Verb {
        Object call(ThrowingCall driver) throws Exception;
    }

    private interface ThrowingCall {
        Object call() throws Exception;
    }

    private static GateSabotage changing(String name, Verb change) {
        return new GateSabotage() {
            @Override
            public FileOperations between(FileOperations watched) {
                return Between.changing(watched, name, driver -> change.call(driver::call));
            }
        };
    }

    @Test
    void aRemoverThatReturnsEarlyIsNoticed() throws Exception {
        GateSabotage early =
                new GateSabotage() {
                    @Override
                    public boolean unregisterSync(FopsGate gate) {
                        gate.beginRemoval();
                        Thread waiter = new Thread(gate::awaitRemoval, "too-late");
                        waiter.setDaemon(true);
                        waiter.start();
                        return true;
                    }
                };
        assertFound(EnumSet.of(Kind.EARLY_RETURN, Kind.OUTSIDE_LIFE), LIMIT, early);
    }

    @Test
    void aLoserThatClaimsToHaveDoneItIsNoticed() throws Exception {
        assertFound(
                Kind.TOLD_NOT_ONCE,
                new GateSabotage() {
                    @Override
                    public boolean unregisterSync(FopsGate gate) {
                        gate.unregisterSync();
                        return true;
                    }
                });
    }

    @Test
    void aReleaseThatRunsTwiceIsNoticed() throws Exception {
        assertFound(
                Kind.RELEASE_NOT_ONCE,
                changing(
                        "release",
                        driver -> {
                            driver.call();
                            return driver.call();
                        }));
    }

    @Test
    void aReleaseThatIsForgottenIsNoticed() throws Exception {
        assertFound(Kind.RELEASE_NOT_ONCE, changing("release", driver -> null));
    }

    @Test
    void aReleaseThatRunsTwiceIsNoticedAlsoWhereItMayComeLate() throws Exception {
        assertFound(
                EnumSet.of(Kind.RELEASE_NOT_ONCE),
                LIMIT,
                new GateSabotage() {
                    @Override
                    public FileOperations between(FileOperations watched) {
                        return Between.changing(
                                watched,
                                "release",
                                driver -> {
                                    driver.call();
                                    return driver.call();
                                });
                    }
                },
                Soak.plan(device -> SoakDriver.make(device, true, true)));
    }

    @Test
    void anAnswerThatIsNotTheRemovalsIsNoticed() throws Exception {
        assertFound(
                Kind.WRONG_ANSWER,
                changing(
                        "read",
                        driver -> {
                            try {
                                return driver.call();
                            } catch (ErrnoException e) {
                                throw Errno.ENXIO.exception();
                            }
                        }));
    }

    @Test
    void aVerbThatRunsAfterTheRemovalIsNoticed() throws Exception {
        LinkedBlockingQueue<ThrowingCall> later = new LinkedBlockingQueue<>();
        Thread late =
                new Thread(
                        () -> {
                            while (true) {
                                try {
                                    later.take().call();
                                } catch (InterruptedException e) {
                                    return;
                                } catch (Exception | Error e) {
                                    Thread.onSpinWait(); // a Call that is over; that it ran counts
                                }
                            }
                        },
                        "late-verbs");
        late.setDaemon(true);
        late.start();
        try {
            assertFound(
                    Kind.OUTSIDE_LIFE,
                    changing(
                            "poll",
                            driver -> {
                                later.add(driver);
                                return driver.call();
                            }));
        } finally {
            late.interrupt();
            late.join();
        }
    }

    @Test
    void aSleeperThatIsNotWokenIsNoticedInLimitedTime() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try {
            assertFound(
                    EnumSet.of(Kind.SLEEPER_NOT_WOKEN),
                    Duration.ofSeconds(3), // a busy machine holds calls up for longer than a moment
                    changing(
                            "read",
                            driver -> {
                                try {
                                    return driver.call();
                                } catch (ErrnoException e) {
                                    if (e.errno() == Errno.ENODEV.number()) {
                                        end.await(); // sleeps on, whoever called
                                    }
                                    throw e;
                                }
                            }));
        } finally {
            end.countDown();
        }
    }
}
