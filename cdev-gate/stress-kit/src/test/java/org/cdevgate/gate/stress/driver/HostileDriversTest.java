package org.cdevgate.gate.stress.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.cdevgate.abi.IoctlCommand;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.GateBuilder;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.stress.oracle.Finding;
import org.cdevgate.gate.stress.oracle.Resource;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each driver has one error, and is reported for that one, in the shortest run, by any seed. Side
 * by side, because a run that finds a call which does not end waits most of its time.
 */
@Execution(ExecutionMode.CONCURRENT)
class HostileDriversTest {
    private static final int COMMAND = IoctlCommand.io('h', 1);

    /** A driver that sleeps in one way of its own, in the verbs that it is asked to. */
    abstract static class Sleeper implements FileOperations {
        private final Set<Verb> verbs;
        volatile boolean removing;

        Sleeper(Verb... verbs) {
            this.verbs = Arrays.stream(verbs).collect(Collectors.toSet());
        }

        /** Until the removal, if the driver does it rightly. */
        abstract void sleep(Call call) throws InterruptedException;

        /** For the wake hook. */
        void wake() {}

        private int may(Verb verb, Call call) throws InterruptedException {
            if (verbs.contains(verb) && !call.isNonBlocking()) {
                sleep(call);
            }
            return 0;
        }

        @Override
        public int open(OpenFile file, Call call) throws InterruptedException {
            return may(Verb.OPEN, call);
        }

        @Override
        public int read(OpenFile file, ByteBuffer dst, long position, Call call)
                throws InterruptedException {
            return may(Verb.READ, call);
        }

        @Override
        public int write(OpenFile file, ByteBuffer src, long position, Call call)
                throws InterruptedException {
            return may(Verb.WRITE, call);
        }

        @Override
        public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call)
                throws InterruptedException {
            return may(Verb.IOCTL, call);
        }

        @Override
        public int fsync(OpenFile file, boolean dataOnly, Call call) throws InterruptedException {
            return may(Verb.FSYNC, call);
        }

        @Override
        public int flush(OpenFile file, Call call) throws InterruptedException {
            return may(Verb.FLUSH, call);
        }
    }

    /** Sleeps in Object.wait. */
    static class Waits extends Sleeper {
        Waits(Verb... verbs) {
            super(verbs);
        }

        @Override
        synchronized void sleep(Call call) throws InterruptedException {
            while (!removing) {
                wait();
            }
        }
    }

    static class WakesAll extends Waits {
        WakesAll(Verb... verbs) {
            super(verbs);
        }

        @Override
        synchronized void wake() {
            removing = true;
            notifyAll();
        }
    }

    static final class WakesOne extends Waits {
        WakesOne(Verb... verbs) {
            super(verbs);
        }

        @Override
        synchronized void wake() {
            if (!removing) {
                removing = true;
                notify();
            }
        }
    }

    static final class Parks extends Sleeper {
        Parks(Verb... verbs) {
            super(verbs);
        }

        @Override
        void sleep(Call call) throws InterruptedException {
            while (!removing) {
                LockSupport.park(this);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
        }
    }

    static final class Spins extends Sleeper {
        Spins(Verb... verbs) {
            super(verbs);
        }

        @Override
        void sleep(Call call) throws InterruptedException {
            while (!removing) {
                Thread.onSpinWait();
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
        }
    }

    static final class Dozes extends Sleeper {
        Dozes(Verb... verbs) {
            super(verbs);
        }

        @Override
        void sleep(Call call) throws InterruptedException {
            while (!removing) {
                Thread.sleep(1);
            }
        }
    }

    /** Its read is woken, its write sleeps in another place that the hook does not know. */
    static final class ForgetsWrite extends Sleeper {
        private final Object other = new Object();

        ForgetsWrite() {
            super(Verb.READ);
        }

        @Override
        synchronized void sleep(Call call) throws InterruptedException {
            while (!removing) {
                wait();
            }
        }

        @Override
        synchronized void wake() {
            removing = true;
            notifyAll();
        }

        @Override
        public int write(OpenFile file, ByteBuffer src, long position, Call call)
                throws InterruptedException {
            synchronized (other) {
                while (!call.isRemoving()) {
                    other.wait();
                }
            }
            return 0;
        }
    }

    /** Keeps the call of a verb in a field, and has it still when the verb has returned. */
    static final class KeepsCall implements FileOperations {
        private final AtomicReference<Call> last = new AtomicReference<>();

        @Override
        public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
            last.set(call);
            return 0;
        }
    }

    /** The same in what belongs to the open file. */
    static final class KeepsCallPerFile implements FileOperations {
        record Opened(Call by) {}

        @Override
        public int open(OpenFile file, Call call) {
            file.setPrivateData(new Opened(call));
            return 0;
        }
    }

    /** Uses, in its late release, what the teardown has freed. */
    static final class TouchesFreed implements FileOperations {
        private final Resource registers;

        TouchesFreed(Resource registers) {
            this.registers = registers;
        }

        static GateBuilder make(Bench bench) {
            TouchesFreed driver = new TouchesFreed(bench.resource("registers"));
            bench.gate(driver).onTeardown(driver.registers::free);
            return bench.lateRelease();
        }

        @Override
        public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
            registers.touch();
            return 0;
        }

        @Override
        public void release(OpenFile file, Call call) {
            registers.touch();
        }
    }

    private static DriverFactory of(java.util.function.Supplier<Sleeper> maker) {
        return bench -> {
            Sleeper driver = maker.get();
            return bench.gate(driver).wakeHook(driver::wake);
        };
    }

    static Arguments[] broken() {
        return new Arguments[] {
            Arguments.of("waits in read", of(() -> new Waits(Verb.READ)), "SLEEPER_NOT_WOKEN read"),
            Arguments.of("parks in read", of(() -> new Parks(Verb.READ)), "SLEEPER_NOT_WOKEN read"),
            Arguments.of("spins in read", of(() -> new Spins(Verb.READ)), "SLEEPER_NOT_WOKEN read"),
            Arguments.of("dozes in read", of(() -> new Dozes(Verb.READ)), "SLEEPER_NOT_WOKEN read"),
            Arguments.of("waits in open", of(() -> new Waits(Verb.OPEN)), "SLEEPER_NOT_WOKEN open"),
            Arguments.of(
                    "waits in ioctl", of(() -> new Waits(Verb.IOCTL)), "SLEEPER_NOT_WOKEN ioctl"),
            Arguments.of(
                    "parks in fsync", of(() -> new Parks(Verb.FSYNC)), "SLEEPER_NOT_WOKEN fsync"),
            Arguments.of(
                    "waits in flush", of(() -> new Waits(Verb.FLUSH)), "SLEEPER_NOT_WOKEN flush"),
            Arguments.of("wakes one", of(() -> new WakesOne(Verb.READ)), "SLEEPER_NOT_WOKEN read"),
            Arguments.of("forgets write", of(ForgetsWrite::new), "SLEEPER_NOT_WOKEN write"),
            Arguments.of(
                    "keeps a call",
                    (DriverFactory) bench -> bench.gate(new KeepsCall()),
                    "CALL_KEPT KeepsCall.last"),
            Arguments.of(
                    "keeps a call in an open file",
                    (DriverFactory) bench -> bench.gate(new KeepsCallPerFile()),
                    "CALL_KEPT Opened.by"),
            Arguments.of(
                    "touches what is freed",
                    (DriverFactory) TouchesFreed::make,
                    "TOUCHED_AFTER_FREE registers"),
        };
    }

    /** Another one for each driver: any must do. */
    private static long seedOf(String name) {
        return name.hashCode();
    }

    private static StressReport run(DriverFactory factory, long seed, Duration patience)
            throws InterruptedException {
        return DriverStress.of(factory)
                .seed(seed)
                .ioctls(COMMAND)
                .duration(Duration.ofMillis(100))
                .patience(patience)
                .run();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("broken")
    void eachIsFoundForItsReason(String name, DriverFactory factory, String expected)
            throws Exception {
        StressReport report = run(factory, seedOf(name), Duration.ofSeconds(2));
        assertEquals(StressReport.Verdict.FAILED, report.verdict(), report::toString);
        Set<String> found =
                report.findings().stream()
                        .filter(each -> each.kind() != Finding.Kind.NOT_EXERCISED)
                        .map(each -> each.kind() + " " + each.subject())
                        .collect(Collectors.toSet());
        assertEquals(Set.of(expected), found, report::toString);
    }

    /** Sleeps on a queue of the library's, parked or without a thread, and needs no hook. */
    record OnAQueue(WaitQueue queue, boolean parks) implements FileOperations {
        @Override
        public int read(OpenFile file, ByteBuffer dst, long position, Call call)
                throws org.cdevgate.abi.ErrnoException, InterruptedException {
            if (parks) {
                call.await(queue, () -> false);
                return 0;
            }
            return call.wouldBlock(queue);
        }
    }

    /** Keeps the calls that sleep, for its hook, and forgets each before it returns. */
    static final class KnowsItsSleepers extends Sleeper {
        private final Set<Call> asleep = new java.util.HashSet<>(); // guarded by this

        KnowsItsSleepers() {
            super(Verb.READ, Verb.WRITE);
        }

        @Override
        synchronized void sleep(Call call) throws InterruptedException {
            asleep.add(call);
            try {
                while (!removing) {
                    wait();
                }
            } finally {
                asleep.remove(call);
            }
        }

        @Override
        synchronized void wake() {
            removing = true;
            notifyAll();
        }
    }

    static Arguments[] correct() {
        return new Arguments[] {
            Arguments.of("nothing", (DriverFactory) bench -> bench.gate(new FileOperations() {})),
            Arguments.of("never sleeps", of(() -> new WakesAll())),
            Arguments.of("wakes all", of(() -> new WakesAll(Verb.READ, Verb.IOCTL))),
            Arguments.of("flush too", of(() -> new WakesAll(Verb.FLUSH, Verb.FSYNC, Verb.WRITE))),
            Arguments.of("knows its sleepers", of(KnowsItsSleepers::new)),
            Arguments.of(
                    "awaits",
                    (DriverFactory)
                            bench -> bench.gate(new OnAQueue(new WaitQueue("queue"), true))),
            Arguments.of(
                    "would block",
                    (DriverFactory)
                            bench -> bench.gate(new OnAQueue(new WaitQueue("queue"), false))),
        };
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("correct")
    void aCorrectOnePasses(String name, DriverFactory factory) throws Exception {
        StressReport report = run(factory, seedOf(name), Duration.ofSeconds(30));
        assertTrue(report.isClean(), report::toString);
    }
}
