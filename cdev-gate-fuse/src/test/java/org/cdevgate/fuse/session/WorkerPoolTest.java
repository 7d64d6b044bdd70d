package org.cdevgate.fuse.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A role is never lost and never taken from a worker that acts in it. */
@Timeout(60)
class WorkerPoolTest {
    /** What the pool sees of a worker whose thread does what the test does in its place. */
    private final class FakeWorker {
        final Worker worker = mock(Worker.class);
        boolean leaving;
        boolean lost;

        FakeWorker() {
            Thread thread = new Thread(() -> {}, "test-worker");
            when(worker.thread()).thenReturn(thread);
            when(worker.isLeaving()).thenAnswer(call -> leaving);
            when(worker.isLost()).thenAnswer(call -> lost);
            when(worker.bequeath(any(), any()))
                    .thenAnswer(
                            call ->
                                    leaving
                                            && roles.move(
                                                    call.getArgument(0),
                                                    worker,
                                                    call.getArgument(1)));
        }
    }

    private static final class Heard implements WorkerPool.Listener {
        final AtomicInteger noStandby = new AtomicInteger();
        final AtomicInteger mayParkAgain = new AtomicInteger();

        @Override
        public void noStandby() {
            noStandby.incrementAndGet();
        }

        @Override
        public void mayParkAgain() {
            mayParkAgain.incrementAndGet();
        }
    }

    private final List<FakeWorker> made = new ArrayList<>();
    private final Heard heard = new Heard();
    private boolean noThreads;
    private boolean ended;
    private boolean woken;
    private final Roles roles = new Roles(() -> !ended, () -> woken);
    private final WorkerPool pool = new WorkerPool("test", this::make, roles, heard);

    private Worker make(int number) {
        if (noThreads) {
            throw new OutOfMemoryError("unable to create a thread, as the test wants it");
        }
        assertEquals(made.size(), number, "two threads of one name");
        made.add(new FakeWorker());
        return made.get(number).worker;
    }

    @Test
    void aStandbyTakesTheReadersRoleBeforeTheRunners() {
        woken = true;
        assertTrue(pool.addStandby());
        assertTrue(pool.standBy(made.get(0).worker));
        assertSame(made.get(0).worker, roles.holder(Role.READER));
        assertEquals(1, heard.noStandby.get(), "nobody looks after the runner's role");
        assertTrue(pool.addStandby());
        assertTrue(pool.standBy(made.get(1).worker));
        assertSame(made.get(1).worker, roles.holder(Role.RUNNER));
        assertFalse(roles.isAnyOpen());
    }

    @Test
    void anOfferedRoleStaysWithItsHolderUntilAnotherTakesIt() {
        pool.addStandby();
        FakeWorker first = made.get(0);
        pool.standBy(first.worker);
        first.leaving = true;
        pool.wakeOne();
        assertEquals(1, heard.noStandby.get(), "there is no standby, and nobody was told");
        assertSame(first.worker, roles.holder(Role.READER));

        assertTrue(pool.serveOpenRoles());
        assertEquals(2, made.size(), "nobody will take the role");
        assertTrue(pool.standBy(made.get(1).worker));
        assertSame(made.get(1).worker, roles.holder(Role.READER));
        assertFalse(pool.serveOpenRoles());
        assertEquals(2, made.size(), "a thread was made for nothing");
    }

    @Test
    void aRoleForWhichThereIsNoThreadIsTakenByTheNextThatIsFree() {
        pool.addStandby();
        FakeWorker busy = made.get(0);
        pool.standBy(busy.worker);
        busy.leaving = true;
        noThreads = true;
        assertTrue(pool.serveOpenRoles());
        assertTrue(pool.serveOpenRoles(), "forgotten because there was no thread once");
        assertFalse(pool.hasStandby(), "a parked call would leave nobody to read");

        roles.release(Role.READER, busy.worker); // its call has ended
        busy.leaving = false;
        assertTrue(pool.standBy(busy.worker));
        assertSame(busy.worker, roles.holder(Role.READER));
        assertFalse(pool.serveOpenRoles());
    }

    /** A standby that was woken for one role, and took it, has been woken for the other too. */
    @Test
    void aStandbyThatTakesARoleWakesTheNextForTheOther() {
        pool.addStandby();
        pool.standBy(made.get(0).worker);
        pool.addStandby();
        woken = true;
        made.get(0).leaving = true;
        assertTrue(pool.standBy(made.get(1).worker));
        assertSame(made.get(1).worker, roles.holder(Role.READER));
        assertTrue(roles.isOpen(Role.RUNNER));
        assertEquals(1, heard.noStandby.get(), "the wake-up for the runner's role is lost");
    }

    @Test
    void aRunnersRoleThatIsOfferedWhileNothingIsWokenBecomesNobodys() {
        woken = true;
        ended = true;
        pool.addStandby();
        FakeWorker runner = made.get(0);
        pool.standBy(runner.worker);
        runner.leaving = true;
        woken = false;
        FakeWorker heir = new FakeWorker();
        assertFalse(roles.takeAny(heir.worker));
        assertNull(roles.holder(Role.RUNNER), "a later wake-up would wait for the parked call");
        woken = true;
        assertTrue(roles.takeAny(heir.worker));
    }

    @Test
    void theRoleOfAThreadThatHasDiedIsTakenByAnother() {
        pool.addStandby();
        FakeWorker dead = made.get(0);
        pool.standBy(dead.worker);
        dead.lost = true;
        dead.leaving = true; // what the state LOST says
        pool.checkAlive();
        assertEquals(1, heard.noStandby.get(), "nobody was told");
        assertEquals(0, pool.threads().size(), "close() would wait for it");
        pool.serveOpenRoles();
        assertTrue(pool.standBy(made.get(1).worker));
        assertSame(made.get(1).worker, roles.holder(Role.READER));
    }

    @Test
    void aCallThatComesBackMakesRoomForAnother() {
        pool.detached();
        pool.detached();
        assertEquals(2, pool.detachedCount());
        pool.attached();
        assertEquals(1, pool.detachedCount());
        assertEquals(1, heard.mayParkAgain.get(), "what waits for room is never run");
    }

    @Test
    void aClosedPoolHasNoStandbys() {
        ended = true;
        pool.hasStandby();
        pool.close();
        assertFalse(pool.standBy(made.get(0).worker), "a thread is left behind");
        pool.wakeOne();
        assertFalse(pool.serveOpenRoles());
        assertFalse(pool.addStandby(), "a thread was made that nobody ends");
    }
}
