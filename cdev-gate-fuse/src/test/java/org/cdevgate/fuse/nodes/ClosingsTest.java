package org.cdevgate.fuse.nodes;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.cdevgate.fuse.harness.Within;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An open waits for the releases that came before it, and for no other. */
@Timeout(60)
class ClosingsTest {
    private final Closings closings = new Closings();

    private CompletableFuture<Void> await(BooleanSupplier given) throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                closings.awaitEarlier(
                                        () -> {
                                            asked.countDown();
                                            return given.getAsBoolean();
                                        });
                                done.complete(null);
                            } catch (InterruptedException e) {
                                done.completeExceptionally(e);
                            }
                        });
        thread.setDaemon(true);
        thread.start();
        asked.await();
        // It was asked with the lock held, which comes free when it waits or returns: so it waits
        // before anything that the test tells the closings from here on.
        return done;
    }

    @Test
    void withoutAReleaseNobodyWaits() throws Exception {
        assertFalse(closings.isAny());
        closings.awaitEarlier(() -> false);
    }

    @Test
    void anOpenWaitsForAllThatCameBeforeAndForNoneThatCameLater() throws Exception {
        closings.begin("first");
        closings.begin("second");
        CompletableFuture<Void> open = await(() -> false);
        closings.begin("later");
        closings.end("second");
        assertFalse(open.isDone(), "the first is not released");
        closings.end("first");
        open.get(Within.LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertTrue(closings.isAny());
        closings.end("later");
        assertFalse(closings.isAny());
    }

    @Test
    void aRemovalEndsTheWait() throws Exception {
        closings.begin("stuck");
        boolean[] removing = {false};
        CompletableFuture<Void> open =
                await(
                        () -> {
                            synchronized (removing) {
                                return removing[0];
                            }
                        });
        synchronized (removing) {
            removing[0] = true;
        }
        closings.deviceFlagged();
        open.get(Within.LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void anInterruptEndsTheWait() {
        closings.begin("stuck");
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> closings.awaitEarlier(() -> false));
    }
}
