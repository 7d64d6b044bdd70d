package org.cdevgate.gate.stress.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.GateBuilder;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.stress.driver.example.BrokenKeypad;
import org.cdevgate.gate.stress.driver.example.Keypad;
import org.cdevgate.gate.stress.oracle.Finding;
import org.cdevgate.gate.stress.oracle.Finding.Kind;
import org.junit.jupiter.api.Test;

class DriverStressTest {
    @Test
    void eachErrorOfTheBrokenKeypadIsFound() throws Exception {
        Set<String> missing =
                new TreeSet<>(
                        List.of(
                                "TOUCHED_AFTER_FREE registers",
                                "SLEEPER_NOT_WOKEN read",
                                "LOST reader",
                                "FREED_TWICE echo",
                                "RESULT_OUT_OF_RANGE read",
                                "UNEXPECTED_EXCEPTION ioctl java.lang.ArithmeticException"));
        String last = "";
        // One run finds them all on an idle machine.
        for (int seed = 42; seed < 50 && !missing.isEmpty(); seed++) {
            StressReport report =
                    DriverStress.of(new BrokenKeypad.Factory())
                            .ioctls(Keypad.COUNT)
                            .seed(seed)
                            .duration(Duration.ofSeconds(1))
                            .patience(Duration.ofMillis(700))
                            .run();
            for (Finding finding : report.findings()) {
                missing.remove(finding.kind() + " " + finding.subject());
            }
            last = report.toString();
            assertTrue(
                    last.contains("FAILED seed=" + seed),
                    "a report without its seed helps nobody: " + last);
        }
        assertEquals(Set.of(), missing, last);
    }

    /** Sleeps in a way of its own, rightly. */
    private static final class Monitor implements FileOperations {
        // Guarded by this.
        private int pressed;

        static GateBuilder make(Bench bench) {
            Monitor driver = new Monitor();
            return bench.gate(driver).wakeHook(driver::wakeAll);
        }

        private synchronized void wakeAll() {
            notifyAll();
        }

        @Override
        public synchronized int write(OpenFile file, ByteBuffer src, long position, Call call) {
            pressed++;
            notifyAll();
            return src.remaining();
        }

        @Override
        public synchronized int read(OpenFile file, ByteBuffer dst, long position, Call call) {
            int seen = pressed;
            while (seen == pressed && !call.isRemoving()) {
                if (call.isNonBlocking()) {
                    return 0;
                }
                try {
                    wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return 0;
                }
            }
            return 0;
        }
    }

    @Test
    void sleepersThatTheHookWakesAreNoFinding() throws Exception {
        StressReport report =
                DriverStress.of(Monitor::make)
                        .seed(42)
                        .duration(Duration.ofMillis(700))
                        .patience(Duration.ofSeconds(20))
                        .callers(6, 2)
                        .run();
        assertTrue(report.isClean(), report::toString);
    }

    /** Its release is the last close's, as Linux has it, and may come after the removal. */
    private record Late(AtomicInteger after) implements FileOperations {
        GateBuilder make(Bench bench) {
            bench.gate(this);
            return bench.lateRelease();
        }

        @Override
        public void release(OpenFile file, Call call) {
            if (call.isRemoving()) {
                after.incrementAndGet();
            }
        }
    }

    @Test
    void aLateReleaseIsNoFinding() throws Exception {
        AtomicInteger after = new AtomicInteger();
        StressReport report =
                DriverStress.of(new Late(after)::make)
                        .seed(42)
                        .duration(Duration.ofMillis(700))
                        .patience(Duration.ofSeconds(20))
                        .run();
        assertTrue(report.isClean(), report::toString);
        assertTrue(after.get() > 0, "no release came after its removal");
    }

    @Test
    void lateReleaseBeforeThereIsAGateIsRefusedWithTheRemedy() throws Exception {
        StressReport report = DriverStress.of(Bench::lateRelease).run();
        assertEquals(Kind.RUN_FAILED, report.findings().get(0).kind());
        assertTrue(report.toString().contains("gate(driver)"), report::toString);
    }

    @Test
    void aDriverThatHangsForGoodEndsTheRunWithItsStack() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try {
            StressReport report =
                    DriverStress.of(bench -> bench.gate(new Deaf(never)))
                            .seed(42)
                            .duration(Duration.ofMillis(200))
                            .patience(Duration.ofMillis(300))
                            .run();
            Finding hung =
                    report.findings().stream()
                            .filter(each -> each.kind() == Kind.SLEEPER_NOT_WOKEN)
                            .findFirst()
                            .orElseThrow(() -> new AssertionError(report.toString()));
            assertTrue(hung.detail().contains("Deaf.read"), hung::toString);
        } finally {
            never.countDown();
        }
    }

    /** Its read never ends, interrupted or not. */
    private record Deaf(CountDownLatch never) implements FileOperations {
        @Override
        public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
            boolean ended = false;
            while (!ended) {
                try {
                    never.await();
                    ended = true;
                } catch (InterruptedException e) {
                    Thread.onSpinWait(); // deaf
                }
            }
            return 0;
        }
    }

    @Test
    void aHookThatHangsIsNamedThoughNoCallerSleeps() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try {
            StressReport report =
                    DriverStress.of(
                                    bench ->
                                            bench.gate(new FileOperations() {})
                                                    .wakeHook(never::await))
                            .seed(42)
                            .duration(Duration.ofMillis(200))
                            .patience(Duration.ofMillis(300))
                            .run();
            Finding hung = report.findings().get(0);
            assertEquals(Kind.REMOVAL_HUNG, hung.kind(), report::toString);
            assertTrue(hung.detail().contains("wake hook"), hung::toString);
        } finally {
            never.countDown();
        }
    }

    @Test
    void aFactoryThatFailsIsAFinding() throws Exception {
        StressReport report =
                DriverStress.of(
                                bench -> {
                                    throw new IllegalStateException("no hardware");
                                })
                        .run();
        assertEquals(Kind.RUN_FAILED, report.findings().get(0).kind());
        assertTrue(report.toString().contains("no hardware"), report::toString);
    }

    @Test
    void aFactoryThatHangsIsAFindingWithItsStack() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try {
            StressReport report =
                    DriverStress.of(
                                    bench -> {
                                        never.await();
                                        throw new IllegalStateException("never");
                                    })
                            .interrupts(false)
                            .duration(Duration.ofMillis(100))
                            .patience(Duration.ofMillis(200))
                            .run();
            Finding hung = report.findings().get(0);
            assertEquals(Kind.STUCK, hung.kind(), report::toString);
            assertTrue(hung.detail().contains("DriverStressTest"), hung::toString);
        } finally {
            never.countDown();
        }
    }

    @Test
    void anExceptionThatTheAuthorExpectsIsNoFinding() throws Exception {
        FileOperations failing =
                new FileOperations() {
                    @Override
                    public int fsync(OpenFile file, boolean dataOnly, Call call) {
                        throw new UnsupportedOperationException("never");
                    }
                };
        StressReport report =
                DriverStress.of(bench -> bench.gate(failing))
                        .expect(UnsupportedOperationException.class)
                        .duration(Duration.ofMillis(300))
                        .run();
        assertTrue(report.isClean(), report::toString);
        assertTrue(report.counts().getOrDefault("fsync: EIO", 0L) > 0, "fsync never ran");
    }

    @Test
    void numbersOutOfRangeAreNamed() {
        DriverStress stress = DriverStress.of(bench -> bench.gate(new FileOperations() {}));
        assertThrows(IllegalArgumentException.class, () -> stress.callers(0, 0));
        IllegalArgumentException refused =
                assertThrows(
                        IllegalArgumentException.class, () -> stress.duration(Duration.ZERO).run());
        assertTrue(refused.getMessage().contains("duration"), refused::getMessage);
    }

    private static DriverFactory neverSleeping() {
        return bench ->
                bench.gate(
                        new FileOperations() {
                            @Override
                            public int read(OpenFile file, ByteBuffer dst, long at, Call call) {
                                return 0;
                            }
                        });
    }

    @Test
    void aVerbThatWasToSleepAndNeverDidIsNotEnough() throws Exception {
        StressReport report =
                DriverStress.of(neverSleeping())
                        .sleeps(Verb.READ)
                        .duration(Duration.ofMillis(50))
                        .patience(Duration.ofSeconds(20))
                        .run();
        assertEquals(StressReport.Verdict.NOT_ENOUGH, report.verdict(), report::toString);
        assertFalse(report.isClean());
        assertTrue(report.toString().contains("not enough: read slept never"), report::toString);
        assertTrue(report.toString().startsWith("driver stress: NOT ENOUGH seed="));
    }

    @Test
    void aVerbThatWasNeverCalledIsNotEnough() throws Exception {
        StressReport report =
                DriverStress.of(
                                bench ->
                                        bench.gate(
                                                new FileOperations() {
                                                    @Override
                                                    public int open(OpenFile file, Call call)
                                                            throws ErrnoException {
                                                        throw Errno.EBUSY.exception();
                                                    }

                                                    @Override
                                                    public int fsync(
                                                            OpenFile file,
                                                            boolean dataOnly,
                                                            Call call) {
                                                        return 0;
                                                    }
                                                }))
                        .duration(Duration.ofMillis(50))
                        .patience(Duration.ofSeconds(20))
                        .run();
        assertEquals(StressReport.Verdict.NOT_ENOUGH, report.verdict(), report::toString);
        assertTrue(report.toString().contains("fsync was never called"), report::toString);
    }

    @Test
    void aReportTellsWhatWasDoneToEachVerbOfTheDriver() throws Exception {
        StressReport report =
                DriverStress.of(Monitor::make)
                        .seed(42)
                        .duration(Duration.ofMillis(50))
                        .patience(Duration.ofSeconds(20))
                        .run();
        assertEquals(
                List.of(Verb.READ, Verb.WRITE),
                report.exercise().stream().map(VerbExercise::verb).toList());
        VerbExercise read = report.exercise().get(0);
        assertTrue(read.calls() > 0 && read.asleepAtRemoval() > 0, report::toString);
        assertTrue(report.toString().contains("asleep when their device was removed"));
    }

    /** For the command line. */
    public static final class NeverSleeping implements DriverFactory {
        @Override
        public GateBuilder make(Bench bench) throws Exception {
            return neverSleeping().make(bench);
        }
    }

    @Test
    void theCommandLineTellsTooLittleFromAFinding() throws Exception {
        String factory = NeverSleeping.class.getName();
        String text = main(3, "--factory", factory, "--seconds", "1", "--sleeps", "read,write");
        assertTrue(text.contains("write slept never"), text);
        assertTrue(main(2, "--factory", factory, "--sleeps", "poll").contains("poll"));
        assertTrue(main(0, "--help").contains("exit status"));
    }

    private static String main(int status, String... args) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            int ended = Main.run(args, out);
            String text = bytes.toString(StandardCharsets.UTF_8);
            assertEquals(status, ended, text);
            return text;
        }
    }

    @Test
    void theCommandLineRunsAFactoryByName() throws Exception {
        String text =
                main(
                        0,
                        "--factory",
                        Keypad.Factory.class.getName(),
                        "--seconds",
                        "1",
                        "--seed",
                        "3",
                        "--ioctls",
                        "0x80044b01");
        assertTrue(text.contains("driver stress: passed seed=3"), text);
        assertTrue(text.contains("ioctl: done"), "the command was not used:\n" + text);
    }

    @Test
    void theCommandLineNamesWhatIsWrong() throws Exception {
        assertTrue(main(2).contains("--factory is missing"));
        assertTrue(main(2, "--factory", "no.such.Thing").contains("no.such.Thing"));
        assertTrue(main(2, "--factory", "java.lang.String").contains("java.lang.String"));
        String factory = Keypad.Factory.class.getName();
        assertTrue(main(2, "--factory", factory, "--ioctls", "0x1ffffffff").contains("0x1fff"));
        assertTrue(main(2, "--factory", factory, "--sed", "1").contains("--sed"));
    }
}
