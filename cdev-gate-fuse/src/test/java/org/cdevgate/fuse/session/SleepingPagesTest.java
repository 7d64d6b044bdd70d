package org.cdevgate.fuse.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.cdevgate.abi.Errno;
import org.cdevgate.fuse.harness.Within;
import org.cdevgate.fuse.protocol.FuseConstants;
import org.cdevgate.fuse.protocol.FuseOpcode;
import org.cdevgate.fuse.protocol.InitNegotiation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Pages that sleep leave the kernel room for RELEASEs: it sends no more than max_background of both
 * together.
 */
@Timeout(300) // longer than what it waits for
class SleepingPagesTest {
    private static final int MOST = InitNegotiation.MAX_BACKGROUND / 2;
    private static final int MAX_PARKED = 4 * MOST;
    private static final long FIRST = 100;
    private static final List<Integer> NO_MEMORY = List.of(-Errno.ENOMEM.number());

    /** How a page waits, and how its wait ends. */
    enum End {
        ANSWERED {
            @Override
            void of(SleepingPagesTest test, long unique) {
                if (test.sleeping.get(unique).takeBack()) {
                    test.held.get(unique).answer(0);
                }
            }
        },
        RUN_AGAIN {
            @Override
            void of(SleepingPagesTest test, long unique) {
                if (test.sleeping.get(unique).takeBack()) {
                    test.held.get(unique).runAgain();
                }
            }
        },
        INTERRUPTED {
            @Override
            void of(SleepingPagesTest test, long unique) {
                test.kernel.interrupt(unique);
            }
        },
        PARKED_AND_LEFT {
            @Override
            void of(SleepingPagesTest test, long unique) {
                test.parked.get(unique).countDown();
            }
        };

        abstract void of(SleepingPagesTest test, long unique);
    }

    private final FakeKernel kernel = new FakeKernel();
    private final FuseSession session = new FuseSession(kernel.channel, "test", MAX_PARKED);
    private final Share device = new Share();
    private final Map<Long, Sleeping> sleeping = new ConcurrentHashMap<>();
    private final Map<Long, HeldRequest> held = new ConcurrentHashMap<>();
    private final Map<Long, CountDownLatch> parked = new ConcurrentHashMap<>();
    private final Set<Long> settled = ConcurrentHashMap.newKeySet(); // of those two
    private volatile boolean parks;

    @BeforeEach
    void start() throws Exception {
        session.start(new TestHandlers(this::page));
    }

    private void page(Exchange exchange) {
        if (exchange.owner() != null) {
            assertTrue(exchange.maySleep(device) && exchange.maySleepAsPage(), "counted already");
            exchange.replyError(0);
        } else if (exchange.request().opcode() == FuseOpcode.STATFS) {
            exchange.replyError(0);
        } else if (!exchange.maySleep(device) || !exchange.maySleepAsPage()) {
            exchange.replyError(Errno.ENOMEM.number());
        } else if (parks) {
            park(exchange);
        } else {
            sleep(exchange);
        }
    }

    private void park(Exchange exchange) {
        CountDownLatch left = new CountDownLatch(1);
        parked.put(exchange.unique(), left);
        exchange.parking();
        settled.add(exchange.unique());
        try {
            left.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        exchange.replyError(0);
    }

    private void sleep(Exchange exchange) {
        Sleeping owner = new Sleeping();
        HeldRequest request = exchange.findable();
        assertTrue(exchange.hold(request, owner));
        held.put(exchange.unique(), request);
        sleeping.put(exchange.unique(), owner);
        request.asleep();
        settled.add(exchange.unique());
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        parked.values().forEach(CountDownLatch::countDown);
        assertTrue(
                Within.limit(
                        "close", Within.LIMIT, () -> session.close(TimeUnit.SECONDS.toNanos(5))),
                "threads are left behind");
    }

    private void read(long unique, int flags) {
        kernel.send(FuseOpcode.READ, unique, 1, 0, 0, 0, 4096, flags, 0, 0, 0, 0);
    }

    private void writeBack(long unique) {
        int flags = FuseConstants.FUSE_WRITE_CACHE;
        kernel.send(FuseOpcode.WRITE, unique, 1, 0, 0, 0, 4, flags, 0, 0, 0, 0, 'x');
    }

    private void awaitPageIns(int number) {
        Within.limit(
                number + " page-ins sleep",
                () ->
                        session.shares().pageIns() == number
                                && settled.size() >= number
                                && kernel.isWaitedFor(),
                () ->
                        session.shares().pageIns()
                                + " counted, "
                                + held.size()
                                + " asleep, "
                                + parked.size()
                                + " parked, waited for: "
                                + kernel.isWaitedFor());
    }

    private void end(End how, long unique) {
        Within.limit("request " + unique + " settled", () -> settled.contains(unique));
        how.of(this, unique);
    }

    @ParameterizedTest
    @EnumSource(End.class)
    void halfOfWhatTheKernelSendsMaySleepAndEachIsGivenBack(End end) {
        parks = end == End.PARKED_AND_LEFT;
        for (int i = 0; i < MOST; i++) {
            read(FIRST + 2L * i, 0);
        }
        awaitPageIns(MOST);
        long next = FIRST + 2L * MOST;
        read(next, 0);
        kernel.awaitAnswer(next);
        assertEquals(NO_MEMORY, kernel.answers(next), "one more");
        assertEquals(MOST, session.shares().pageIns());

        end(end, FIRST);
        kernel.awaitAnswer(FIRST);
        awaitPageIns(MOST - 1);
        read(next + 2, 0);
        awaitPageIns(MOST);
        assertEquals(List.of(), kernel.answers(next + 2), "in the place of the one that ended");

        for (int i = 1; i < MOST; i++) {
            end(end, FIRST + 2L * i);
        }
        end(end, next + 2);
        awaitPageIns(0);
        assertEquals(0, session.sleepingBytes());
    }

    /** A read(2) waits for itself alone, and a page that is written back must not be lost. */
    @Test
    void otherRequestsAreNotHeldToThePageIns() {
        for (int i = 0; i < MOST; i++) {
            read(FIRST + 2L * i, 0);
        }
        awaitPageIns(MOST);
        long plain = FIRST + 2L * MOST;
        read(plain, FuseConstants.FUSE_READ_LOCKOWNER);
        Within.limit("read(2) sleeps", () -> held.containsKey(plain));
        writeBack(plain + 2);
        Within.limit("write-back sleeps", () -> session.shares().writeBacks() == 1);
        assertEquals(MOST, session.shares().pageIns());
    }

    @Test
    void aQuarterMayBeWrittenBack() {
        int most = InitNegotiation.MAX_BACKGROUND / 4;
        for (int i = 0; i <= most; i++) {
            writeBack(FIRST + 2L * i);
        }
        kernel.awaitAnswer(FIRST + 2L * most);
        assertEquals(NO_MEMORY, kernel.answers(FIRST + 2L * most));
        assertEquals(most, session.shares().writeBacks());
        for (long unique : List.copyOf(held.keySet())) {
            kernel.interrupt(unique);
        }
        Within.limit("all are given back", () -> session.shares().writeBacks() == 0);
    }

    /**
     * A page that parks when it is run again is counted once: its message has been all the time.
     */
    @Test
    void aPageThatParksAfterItSleptCountsOnce() {
        read(FIRST, 0);
        awaitPageIns(1);
        Charge charge = held.get(FIRST).charge();
        assertEquals(1, charge.pageIns);
        parks = true;
        read(FIRST + 2, 0);
        awaitPageIns(2);
        parked.get(FIRST + 2).countDown();
        awaitPageIns(1);
        end(End.RUN_AGAIN, FIRST);
        awaitPageIns(0);
    }
}
