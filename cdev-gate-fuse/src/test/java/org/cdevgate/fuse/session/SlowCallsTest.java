package org.cdevgate.fuse.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.cdevgate.fuse.harness.Within;
import org.cdevgate.fuse.protocol.FuseOpcode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls that were seen to take long give the role away before they begin, without a kernel. */
@Timeout(60)
class SlowCallsTest {
    private static final int MAX_PARKED = 4; // so that two slow calls have a thread of their own
    private static final FuseOpcode OPCODE = FuseOpcode.STATFS;
    private static final long FIRST = 10; // after that of INIT

    private final FakeKernel kernel = new FakeKernel();
    private final FuseSession session = new FuseSession(kernel.channel, "test", MAX_PARKED);
    private final Pace pace = new Pace();

    /** Of each call: whether this thread had given its role away when the driver was entered. */
    private final List<Boolean> givenAway = new CopyOnWriteArrayList<>();

    private volatile BooleanSupplier busy = () -> false;
    private volatile long nanos;

    @BeforeEach
    void start() throws Exception {
        session.start(new TestHandlers(this::call));
    }

    private void call(Exchange exchange) {
        exchange.entering(pace);
        Worker holder = session.roles().holder(Role.READER);
        givenAway.add(
                holder == null || holder.thread() != Thread.currentThread() || holder.isLeaving());
        if (nanos > 0) {
            LockSupport.parkNanos(nanos);
        }
        while (busy.getAsBoolean()) {
            LockSupport.parkNanos(100_000);
        }
        exchange.replyError(0);
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        busy = () -> false;
        assertTrue(
                Within.limit(
                        "close", Within.LIMIT, () -> session.close(TimeUnit.SECONDS.toNanos(5))),
                "threads are left behind");
        assertEquals(0, session.parkedCalls());
    }

    private void answered(long unique) {
        kernel.send(OPCODE, unique);
        kernel.awaitAnswer(unique);
    }

    @Test
    void aQuickCallKeepsItsRole() {
        answered(FIRST);
        assertEquals(List.of(false), givenAway);
    }

    @Test
    void aSlowCallGivesItsRoleAwayBeforeItBegins() {
        pace.foundSlow(OPCODE);
        answered(FIRST);
        assertEquals(List.of(true), givenAway);
    }

    @Test
    void aCallThatIsStuckMakesItsKindSlow() {
        busy = () -> !pace.isSlow(OPCODE); // until the monitor says so
        answered(FIRST);
        assertEquals(List.of(false), givenAway);
    }

    /** Too short for the monitor to find it stuck, which takes two of its rounds. */
    @Test
    void callsOfSomeMillisecondsAreFoundToBeSlow() {
        nanos = 3_000_000;
        long unique = FIRST;
        long deadline = System.nanoTime() + Within.LIMIT.toNanos();
        while (!pace.isSlow(OPCODE) && System.nanoTime() - deadline < 0) {
            answered(++unique);
        }
        assertTrue(pace.isSlow(OPCODE), "after " + (unique - FIRST) + " calls of 3 ms");
    }

    @Test
    void theyAreQuickAgainAfterSoManyQuickOnesInARow() {
        pace.foundSlow(OPCODE);
        quickOnes(Pace.QUICK_CALLS - 1);
        assertTrue(pace.isSlow(OPCODE), "one is missing");
        pace.took(OPCODE, Pace.SLOW_NANOS);
        quickOnes(Pace.QUICK_CALLS - 1);
        assertTrue(pace.isSlow(OPCODE), "a slow one came between");
        quickOnes(1);
        assertFalse(pace.isSlow(OPCODE));
    }

    private void quickOnes(int count) {
        for (int i = 0; i < count; i++) {
            pace.took(OPCODE, Pace.SLOW_NANOS - 1);
        }
    }

    /** One of them is measured; it takes long where its thread has to wait for a processor. */
    @Test
    void aSlowOneIsMeasured() {
        long unique = FIRST;
        long deadline = System.nanoTime() + Within.LIMIT.toNanos();
        do {
            pace.foundSlow(OPCODE);
            quickOnes(Pace.QUICK_CALLS - 1);
            answered(++unique);
        } while (pace.isSlow(OPCODE) && System.nanoTime() - deadline < 0);
        assertFalse(pace.isSlow(OPCODE), "after " + (unique - FIRST) + " quick calls");
    }

    /** What is left of the bound is for those that park: nobody else gets ENOMEM for these. */
    @Test
    void slowCallsTakeNoMoreThanHalfOfTheThreadsThatMayPark() {
        pace.foundSlow(OPCODE);
        CountDownLatch letGo = new CountDownLatch(1);
        busy = () -> letGo.getCount() > 0;
        kernel.send(OPCODE, FIRST);
        Within.limit("the first has a thread of its own", () -> session.parkedCalls() == 1);
        kernel.send(OPCODE, FIRST + 1);
        Within.limit("so has the second", () -> session.parkedCalls() == 2);
        kernel.send(OPCODE, FIRST + 2);
        Within.limit("the third was entered", () -> givenAway.size() == 3);
        assertEquals(List.of(true, true, false), givenAway);
        letGo.countDown();
        kernel.awaitAnswer(FIRST + 2);
    }
}
