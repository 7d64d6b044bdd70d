package org.cdevgate.fuse.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.cdevgate.abi.Errno;
import org.cdevgate.fuse.harness.Within;
import org.cdevgate.fuse.protocol.FuseOpcode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests that park, sleep without a thread, are woken and interrupted, without a kernel. */
@Timeout(60)
class FuseSessionTest {
    private static final int MAX_PARKED = 2;
    private static final int EINTR = -Errno.EINTR.number();

    private final FakeKernel kernel = new FakeKernel();
    private final FuseSession session = new FuseSession(kernel.channel, "test", MAX_PARKED);
    private final Map<Long, Consumer<Exchange>> handlers = new ConcurrentHashMap<>();
    private final CountDownLatch letGo = new CountDownLatch(1);

    private static void await(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                latch.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @BeforeEach
    void start() throws Exception {
        session.start(
                new TestHandlers(
                        exchange ->
                                handlers.getOrDefault(exchange.unique(), each -> each.replyError(0))
                                        .accept(exchange)));
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        letGo.countDown();
        assertTrue(
                Within.limit(
                        "close", Within.LIMIT, () -> session.close(TimeUnit.SECONDS.toNanos(5))),
                "threads are left behind");
        assertEquals(0, session.sleepingBytes(), "bytes of sleeping calls are not given back");
    }

    private void request(long unique, Consumer<Exchange> handler) {
        handlers.put(unique, handler);
        kernel.send(FuseOpcode.STATFS, unique);
    }

    /** Sends a request that is answered at once, and waits for the answer: somebody reads. */
    private void assertServed(long unique) {
        kernel.send(FuseOpcode.STATFS, unique);
        kernel.awaitAnswer(unique);
    }

    private void awaitTable(String what, boolean empty) {
        Within.limit(what, () -> session.inFlight().isEmpty() == empty);
    }

    /** How a request that first parked and then went to sleep without a thread ends. */
    enum End {
        WOKEN {
            @Override
            void of(HeldRequest held, Sleeping sleeping) {
                if (sleeping.takeBack()) {
                    held.runAgain();
                }
            }
        },
        REMOVED {
            @Override
            void of(HeldRequest held, Sleeping sleeping) {
                if (sleeping.takeBack()) {
                    held.answer(-EINTR);
                }
            }
        },
        INTERRUPTED {
            @Override
            void of(HeldRequest held, Sleeping sleeping) {
                held.interrupt();
            }
        };

        abstract void of(HeldRequest held, Sleeping sleeping);
    }

    private static final long REQUEST = 10;

    /** In its first run it parks, then sleeps without a thread; in its second it is answered. */
    private Consumer<Exchange> parksThenSleeps(Sleeping sleeping, Consumer<HeldRequest> asleep) {
        return exchange -> {
            if (exchange.owner() != null) {
                exchange.replyError(0);
                return;
            }
            exchange.parking();
            HeldRequest held = exchange.findable();
            assertTrue(exchange.hold(held, sleeping));
            asleep.accept(held);
            held.asleep();
        };
    }

    /** It ends while its first thread has not left it yet, as a removal at that moment does it. */
    @ParameterizedTest
    @EnumSource
    void aRequestThatSleptInBothWaysLeavesNothing(End end) {
        Sleeping sleeping = new Sleeping();
        request(REQUEST, parksThenSleeps(sleeping, held -> end.of(held, sleeping)));
        kernel.awaitAnswer(REQUEST);
        awaitTable("an answered request is forgotten", true);
        Within.limit("its thread is back", () -> session.parkedCalls() == 0);
        awaitTable("an answered request is forgotten", true);
        assertEquals(1, kernel.answers(REQUEST).size(), "answered twice");
        assertServed(11);
    }

    /** It ends later, when its first thread is gone. */
    @ParameterizedTest
    @EnumSource
    void aRequestThatSleepsAfterItParkedIsFoundUntilItEnds(End end) {
        Sleeping sleeping = new Sleeping();
        request(REQUEST, parksThenSleeps(sleeping, held -> {}));
        awaitTable("the request sleeps", false);
        assertServed(11);
        Within.limit("its thread is back", () -> session.parkedCalls() == 0);
        end.of(session.inFlight().get(REQUEST), sleeping);
        kernel.awaitAnswer(REQUEST);
        awaitTable("an answered request is forgotten", true);
        assertEquals(1, kernel.answers(REQUEST).size(), "answered twice");
    }

    @Test
    void anInterruptWhoseHandlingTakesLongStopsNobody() {
        CountDownLatch dropped = new CountDownLatch(1);
        Sleeping sleeping =
                new Sleeping(
                        () -> {
                            await(letGo);
                            dropped.countDown();
                        });
        request(
                REQUEST,
                exchange -> {
                    HeldRequest held = exchange.findable();
                    assertTrue(exchange.hold(held, sleeping));
                    held.asleep();
                });
        awaitTable("the request sleeps", false);
        kernel.interrupt(REQUEST);
        kernel.awaitAnswer(REQUEST);
        assertServed(11);
        assertEquals(1, dropped.getCount(), "what takes long has ended, by itself");
        letGo.countDown();
        await(dropped);
        assertEquals(java.util.List.of(EINTR), kernel.answers(REQUEST));
    }

    @Test
    void howeverManyAreWokenTogetherAsManyParkAsAllowed() {
        int sleepers = 30;
        AtomicInteger parked = new AtomicInteger();
        AtomicInteger mostParked = new AtomicInteger();
        CountDownLatch asleep = new CountDownLatch(sleepers);
        for (long unique = 100; unique < 100 + sleepers; unique++) {
            request(
                    unique,
                    exchange -> {
                        if (exchange.owner() == null) {
                            HeldRequest held = exchange.findable();
                            assertTrue(exchange.hold(held, new Sleeping()));
                            held.asleep();
                            asleep.countDown();
                            return;
                        }
                        mostParked.accumulateAndGet(parked.incrementAndGet(), Math::max);
                        exchange.parking();
                        await(letGo);
                        parked.decrementAndGet();
                        exchange.replyError(0);
                    });
        }
        await(asleep);
        InFlightTable table = session.inFlight();
        for (HeldRequest each = table.first(); each != null; ) {
            HeldRequest next = table.after(each);
            each.runAgain();
            each = next;
        }
        Within.limit("the bound is reached", () -> parked.get() >= MAX_PARKED);
        for (int i = 0; i < 20; i++) {
            assertServed(1000 + i);
        }
        assertTrue(
                mostParked.get() <= MAX_PARKED + 1,
                () -> mostParked + " calls parked, and " + MAX_PARKED + " are allowed");
        letGo.countDown();
        for (long unique = 100; unique < 100 + sleepers; unique++) {
            kernel.awaitAnswer(unique);
        }
        awaitTable("answered requests are forgotten", true);
        assertTrue(mostParked.get() <= MAX_PARKED + 1, () -> mostParked + " calls parked");
    }

    /** A thread that waits for a processor looks stuck: others have its role when it goes on. */
    @Test
    void aCallWhoseRoleWentBeforeItsDeviceWasKnownIsHeldToTheBoundToo() {
        Share device = new Share();
        AtomicInteger parked = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        int calls = MAX_PARKED + 3;
        for (long unique = 100; unique < 100 + calls; unique++) {
            request(
                    unique,
                    exchange -> {
                        int before = session.parkedCalls();
                        exchange.parking();
                        Within.limit("its role goes", () -> session.parkedCalls() > before);
                        if (exchange.maySleep(device)) {
                            parked.incrementAndGet();
                            await(letGo);
                        } else {
                            refused.incrementAndGet();
                        }
                        exchange.replyError(0);
                    });
            long done = unique - 100;
            Within.limit("it parks or not", () -> parked.get() + refused.get() > done);
            Within.limit("who was refused is out", () -> session.parkedCalls() == parked.get());
        }
        assertEquals(MAX_PARKED, parked.get(), "parked of one user in one device");
        letGo.countDown();
        for (long unique = 100; unique < 100 + calls; unique++) {
            kernel.awaitAnswer(unique);
        }
        Within.limit("all is given back", () -> session.parkedCalls() == 0);
        assertEquals(0, session.sleepingBytes());
    }
}
