package org.cdevgate.fuse.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.mockito.Mockito.doAnswer;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.cdevgate.fuse.harness.Within;
import org.cdevgate.fuse.protocol.FuseOpcode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A call that has left the driver when the mount is closed has its answer first. */
@Timeout(60)
class AnswerBeforeCloseTest {
    private static final long PARKED = 10;

    private final FakeKernel kernel = new FakeKernel();
    private final FuseSession session = new FuseSession(kernel.channel, "test", 4);

    @Test
    void theConnectionEndsAfterTheAnswersOfCallsThatAreOnTheirWayOut() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch closing = new CountDownLatch(1);
        List<Integer> before = new java.util.concurrent.CopyOnWriteArrayList<>();
        doAnswer(
                        call -> {
                            before.addAll(kernel.answers(PARKED)); // later ones reach nobody
                            closing.countDown();
                            return null;
                        })
                .when(kernel.channel)
                .close();
        session.start(
                new TestHandlers(
                        exchange -> {
                            exchange.parking();
                            inside.countDown();
                            try {
                                goOn.await(); // where a worker may be preempted: past the gate
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                            exchange.replyError(19);
                        }));
        kernel.send(FuseOpcode.STATFS, PARKED);
        Within.limit("the call parks", () -> inside.getCount() == 0);
        CompletableFuture<Boolean> close =
                CompletableFuture.supplyAsync(() -> session.close(TimeUnit.SECONDS.toNanos(20)));
        // Nothing tells that close() waits for the answer; but if it does not, it comes past this.
        closing.await(500, TimeUnit.MILLISECONDS);
        goOn.countDown();
        close.get(Within.LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        assertEquals(
                List.of(-19),
                before.subList(0, Math.min(1, before.size())),
                "a caller that was to get ENODEV got ECONNABORTED");
    }
}
