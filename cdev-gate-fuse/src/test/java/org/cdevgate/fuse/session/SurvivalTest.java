package org.cdevgate.fuse.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.cdevgate.abi.Errno;
import org.cdevgate.fuse.harness.Within;
import org.cdevgate.fuse.protocol.FuseOpcode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is thrown, wherever, the next request is read: see "Without memory" in the docs. */
@Timeout(60)
class SurvivalTest {
    private static final int EINTR = -Errno.EINTR.number();
    private static final int EIO = -Errno.EIO.number();
    private static final long REQUEST = 10;

    /** A failure whose report fails in another way. */
    private static final class Unreportable extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final transient Error instead;

        Unreportable(Error instead) {
            super("made on purpose");
            this.instead = instead;
        }

        @Override
        public void printStackTrace(PrintStream stream) {
            throw instead;
        }

        @Override
        public String getMessage() {
            throw instead;
        }
    }

    private final FakeKernel kernel = new FakeKernel();
    private final FuseSession session = new FuseSession(kernel.channel, "survivor", 4);
    private final Map<Long, Consumer<Exchange>> handlers = new ConcurrentHashMap<>();
    private final AtomicInteger endsToFail = new AtomicInteger();
    private final AtomicInteger ends = new AtomicInteger();
    private long lastUnique = 1000;

    @BeforeEach
    void start() throws Exception {
        session.start(
                new TestHandlers(
                        exchange ->
                                handlers.getOrDefault(exchange.unique(), each -> each.replyError(0))
                                        .accept(exchange),
                        this::connectionEnded));
    }

    private void connectionEnded() {
        if (endsToFail.getAndDecrement() > 0) {
            throw new OutOfMemoryError("made on purpose");
        }
        ends.incrementAndGet();
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        assertTrue(
                Within.limit(
                        "close", Within.LIMIT, () -> session.close(TimeUnit.SECONDS.toNanos(5))),
                "threads are left behind");
        assertEquals(1, ends.get(), "files that clients had open are not closed");
    }

    private void request(long unique, Consumer<Exchange> handler) {
        handlers.put(unique, handler);
        kernel.send(FuseOpcode.STATFS, unique);
    }

    private void assertServed() {
        lastUnique += 2;
        kernel.send(FuseOpcode.STATFS, lastUnique);
        kernel.awaitAnswer(lastUnique);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void anErrorWhileReceivingCostsNoRequest(int times) {
        for (Throwable each :
                List.of(
                        new OutOfMemoryError("made on purpose"),
                        new StackOverflowError("made on purpose"),
                        new IllegalStateException("made on purpose"))) {
            kernel.failReceiving(times, each);
            assertServed();
            assertServed();
        }
    }

    @Test
    void aFailureThatCannotEvenBeReportedIsAnswered() {
        List<Error> errors =
                List.of(
                        new OutOfMemoryError("made on purpose"),
                        new StackOverflowError("made on purpose"),
                        new NoClassDefFoundError("made on purpose"));
        for (int i = 0; i < errors.size(); i++) {
            Error error = errors.get(i);
            request(
                    REQUEST + 2L * i,
                    exchange -> {
                        throw new Unreportable(error);
                    });
            kernel.awaitAnswer(REQUEST + 2L * i);
            assertEquals(List.of(EIO), kernel.answers(REQUEST + 2L * i));
            assertServed();
        }
    }

    /** Parks at the deepest level at which it can, and waits there for an interrupt. */
    private static final class Deep implements Consumer<Exchange> {
        @Override
        public void accept(Exchange exchange) {
            down(exchange, 0);
            exchange.replyError(-EINTR);
        }

        private int down(Exchange exchange, int level) {
            try {
                // Never comes as far as to a negative.
                return level < 0 ? 0 : down(exchange, level + 1) + 1;
            } catch (StackOverflowError e) {
                exchange.parking(); // may throw in turn, then the next level up tries
                while (!Thread.currentThread().isInterrupted()) {
                    LockSupport.parkNanos(1_000_000);
                }
                return level;
            }
        }
    }

    @Test
    void aCallThatParksInTheLastOfItsStackHandsItsRoleOver() {
        for (int i = 0; i < 30; i++) {
            long unique = REQUEST + 2L * i;
            Deep deep = new Deep();
            request(unique, deep);
            assertServed(); // nobody can read it before the role has been handed over
            assertTrue(session.inFlight().get(unique) != null, "no interrupt would find it");
            kernel.interrupt(unique);
            kernel.awaitAnswer(unique);
            assertEquals(List.of(EINTR), kernel.answers(unique));
        }
        Within.limit("all have come back", () -> session.parkedCalls() == 0);
    }

    /** The one who woke it has died between taking it off its queue and having it run again. */
    @Test
    void aRequestThatWasLostOnItsWayCanBeKilled() {
        AtomicInteger dropped = new AtomicInteger();
        Sleeping sleeping = new Sleeping(dropped::incrementAndGet);
        request(
                REQUEST,
                exchange -> {
                    HeldRequest request = exchange.findable();
                    assertTrue(exchange.hold(request, sleeping));
                    request.asleep();
                });
        Within.limit("the request sleeps", () -> !session.inFlight().isEmpty());
        HeldRequest held = session.inFlight().get(REQUEST);
        assertTrue(sleeping.takeBack());
        kernel.interrupt(REQUEST);
        kernel.awaitAnswer(REQUEST);
        assertEquals(List.of(EINTR), kernel.answers(REQUEST));

        held.runAgain(); // late after all
        assertEquals(1, dropped.get(), "what it was woken for is lost for the others");
        assertServed();
        assertEquals(List.of(EINTR), kernel.answers(REQUEST), "it ran although it was answered");
    }

    @Test
    void anEndThatFailsIsTriedAgain() {
        endsToFail.set(3);
        session.close(TimeUnit.SECONDS.toNanos(5));
        Within.limit("it has ended", () -> ends.get() == 1);
    }

    @Test
    void aConnectionThatCannotBeServedIsEndedForItsCallers() {
        kernel.failReceiving(Integer.MAX_VALUE, new OutOfMemoryError("made on purpose"));
        kernel.send(FuseOpcode.STATFS, REQUEST); // the last one that is received as ever
        Within.limit("the callers are let go", () -> ends.get() == 1);
    }

    private List<Thread> ownThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(each -> each.getName().startsWith("survivor"))
                .toList();
    }

    @Test
    void interruptsOfAllThreadsCostNothing() {
        assertServed();
        for (int i = 0; i < 300; i++) {
            ownThreads().forEach(Thread::interrupt);
            if (i % 50 == 0) {
                assertServed();
            }
        }
        AtomicInteger told = new AtomicInteger();
        session.notifier()
                .send(
                        buffer -> {
                            told.incrementAndGet();
                            return 0;
                        });
        Within.limit("a poller is told", () -> told.get() == 1);
        assertServed();

        Thread monitor = session.monitor().thread();
        assertTrue(monitor.isAlive());
        Within.limit(
                "the monitor sleeps",
                () ->
                        LockSupport.getBlocker(monitor) == session.monitor()
                                && monitor.getState() == Thread.State.WAITING
                                && !monitor.isInterrupted()
                                && cpuNanos(monitor) == cpuNanosLater(monitor));
    }

    private static long cpuNanos(Thread thread) {
        return ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.getId());
    }

    private static long cpuNanosLater(Thread thread) throws InterruptedException {
        Thread.sleep(20); // in which a monitor that spins uses 20 ms
        return cpuNanos(thread);
    }

    /** What a call finds set that was interrupted between two requests would be an EINTR. */
    @Test
    void anInterruptBetweenTwoRequestsIsForNeither() {
        AtomicBoolean seen = new AtomicBoolean();
        for (int i = 0; i < 20; i++) {
            Within.limit("somebody reads", kernel::isWaitedFor);
            long unique = REQUEST + 2L * i;
            handlers.put(
                    unique,
                    exchange -> {
                        seen.compareAndSet(false, Thread.currentThread().isInterrupted());
                        Thread.currentThread().interrupt(); // the driver's own doing
                        exchange.replyError(0);
                    });
            kernel.send(FuseOpcode.STATFS, unique);
            kernel.awaitAnswer(unique);
        }
        assertTrue(!seen.get(), "a call was interrupted that nobody interrupted");
    }
}
