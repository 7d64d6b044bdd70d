package org.cdevgate.fuse.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.abi.Errno;
import org.cdevgate.fuse.harness.Within;
import org.cdevgate.fuse.protocol.FuseOpcode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A thread that gets no processor between two steps looks as if it had lost its request there. */
@Timeout(300) // longer than what it waits for
class LostRequestTest {
    private static final long UNIQUE = 100;

    private final FakeKernel kernel = new FakeKernel();
    private final FuseSession session = new FuseSession(kernel.channel, "test", 4);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final CountDownLatch arrived = new CountDownLatch(1);
    private final AtomicInteger dropped = new AtomicInteger();
    private final Sleeping sleeping = new Sleeping(dropped::incrementAndGet);

    @AfterEach
    void end() throws Exception {
        goOn.countDown();
        assertTrue(
                Within.limit(
                        "close", Within.LIMIT, () -> session.close(TimeUnit.SECONDS.toNanos(5))),
                "threads are left behind");
    }

    /** On its way to sleep: kept for later, and not in a queue yet. */
    private void sleepLate(Exchange exchange) {
        HeldRequest request = exchange.findable();
        exchange.parking();
        sleeping.takeBack();
        assertTrue(exchange.hold(request, sleeping));
        try {
            goOn.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        sleeping.fallAsleep();
        request.asleep();
        arrived.countDown();
    }

    @Test
    void whatWasAnsweredAsLostIsNotAnsweredAgain() throws Exception {
        session.start(new TestHandlers(this::sleepLate));
        kernel.send(FuseOpcode.READ, UNIQUE, 1, 0, 0, 0, 4096, 0, 0, 0, 0, 0);
        Within.limit(
                "the request is kept",
                () -> {
                    HeldRequest request = session.inFlight().get(UNIQUE);
                    return request != null && request.owner() != null;
                });
        kernel.interrupt(UNIQUE);
        kernel.awaitAnswer(UNIQUE);
        goOn.countDown();
        arrived.await();
        assertEquals(List.of(-Errno.EINTR.number()), kernel.answers(UNIQUE));
        assertEquals(1, dropped.get(), "the sleep that came too late is undone");
        assertFalse(sleeping.takeBack(), "nobody is asleep");
    }
}
