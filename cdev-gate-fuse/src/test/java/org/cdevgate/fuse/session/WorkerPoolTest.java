package org.cdevgate.fuse.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A role is never lost and never given to a worker that has one. */
class WorkerPoolTest {
    /** What the pool sees of a worker whose thread does what the test does in its place. */
    private static final class FakeWorker {
        final Worker worker = mock(Worker.class);
        final List<Role> roles = new ArrayList<>();
        private Role role;

        FakeWorker() {
            Thread thread = new Thread(() -> {}, "test-worker");
            when(worker.thread()).thenReturn(thread);
            when(worker.hasRole()).thenAnswer(call -> role != null);
            doAnswer(
                            call -> {
                                role = call.getArgument(0);
                                roles.add(role);
                                return null;
                            })
                    .when(worker)
                    .assign(any());
        }
    }

    private static final class Heard implements WorkerPool.Listener {
        final AtomicInteger unassigned = new AtomicInteger();
        final AtomicInteger mayParkAgain = new AtomicInteger();

        @Override
        public void roleUnassigned() {
            unassigned.incrementAndGet();
        }

        @Override
        public void mayParkAgain() {
            mayParkAgain.incrementAndGet();
        }
    }

    private final List<FakeWorker> made = new ArrayList<>();
    private final Heard heard = new Heard();
    private boolean noThreads;
    private final WorkerPool pool = new WorkerPool("test", this::make, heard);

    private Worker make(int number) {
        if (noThreads) {
            throw new OutOfMemoryError("unable to create a thread, as the test wants it");
        }
        assertEquals(made.size(), number, "two threads of one name");
        made.add(new FakeWorker());
        return made.get(number).worker;
    }

    private static List<Role> roles(FakeWorker worker) {
        return worker.roles;
    }

    /**
     * Its thread had looked for a role and found none; it gets one before it says that it waits.
     */
    @Test
    void aStandbyThatGotARoleBeforeItAskedForOneIsNotListedAgain() {
        assertTrue(pool.hasStandby(), "a standby is made");
        FakeWorker early = made.get(0);
        pool.assign(Role.READER);
        assertEquals(List.of(Role.READER), roles(early));

        assertTrue(pool.awaitRole(early.worker), "it has a role to act in");

        // It reads, a call parks on it, and its role goes to another.
        pool.assign(Role.READER);
        assertEquals(
                List.of(Role.READER),
                roles(early),
                "the role was given to the worker that gave it away and sleeps: nobody reads");
        assertEquals(List.of(Role.READER), roles(made.get(1)));
    }

    @Test
    void eachStandbyIsGivenOneRole() {
        for (int i = 0; i < 20; i++) {
            pool.hasStandby();
            pool.assign(i % 2 == 0 ? Role.READER : Role.RUNNER);
            assertEquals(i + 1, made.size(), "a busy worker is taken for a standby");
            assertTrue(pool.awaitRole(made.get(i).worker));
        }
        for (FakeWorker each : made) {
            assertEquals(1, each.roles.size(), "a busy worker was given a second role");
        }
    }

    @Test
    void aRoleForWhichThereIsNoThreadGoesToTheNextThatIsFree() {
        pool.assign(Role.READER);
        FakeWorker busy = made.get(0);
        noThreads = true;
        pool.assign(Role.RUNNER);
        assertEquals(1, heard.unassigned.get(), "nobody would look after the role");
        assertTrue(pool.hasUnassigned());
        pool.retryUnassigned();
        assertTrue(pool.hasUnassigned(), "forgotten because there was no thread once more");
        assertFalse(pool.hasStandby(), "a parked call would leave nobody to read");

        busy.role = null; // its call has ended
        assertTrue(pool.awaitRole(busy.worker));
        assertEquals(List.of(Role.READER, Role.RUNNER), roles(busy));
        assertFalse(pool.hasUnassigned());
    }

    @Test
    void whatWaitsForRoomHearsOfACallThatComesBack() {
        pool.detached();
        assertEquals(1, pool.detachedCount());
        pool.attached();
        assertEquals(1, heard.mayParkAgain.get(), "what waits for room is never run");
        assertEquals(0, pool.detachedCount());
    }

    @Test
    void aClosedPoolHasNoRoles() {
        pool.hasStandby();
        pool.close();
        assertFalse(pool.awaitRole(made.get(0).worker), "a thread is left behind");
        pool.assign(Role.READER);
        assertEquals(List.of(), roles(made.get(0)));
        assertEquals(1, made.size(), "a thread was made that nobody ends");
    }
}
