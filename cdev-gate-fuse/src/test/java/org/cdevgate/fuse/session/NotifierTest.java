package org.cdevgate.fuse.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.cdevgate.fuse.harness.Within;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class NotifierTest {
    private final List<Integer> written = new CopyOnWriteArrayList<>();
    private final FakeKernel kernel =
            new FakeKernel(
                    message -> {
                        written.add(message.length);
                        return 0;
                    });
    private final Notifier notifier = new Notifier(kernel.channel, "test");

    /** All pollers of a mount wait for one thread. */
    @Test
    void aNotificationThatFailsDoesNotSilenceTheOthers() throws Exception {
        notifier.start();
        notifier.send(
                buffer -> {
                    throw new OutOfMemoryError("made on purpose");
                });
        notifier.send(
                buffer -> {
                    throw new IllegalStateException("a bug, made on purpose");
                });
        notifier.send(buffer -> 24);
        Within.limit("the next is sent", () -> written.equals(List.of(24)));
        notifier.stop();
        Within.run("stop", () -> notifier.thread().join());
        assertEquals(List.of(24), written);
    }
}
