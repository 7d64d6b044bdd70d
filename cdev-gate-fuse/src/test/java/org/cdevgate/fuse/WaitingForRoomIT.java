package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.fuse.driver.CountingDriver;
import org.cdevgate.fuse.driver.DeafDriver;
import org.cdevgate.fuse.harness.ClientProcess;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.fuse.harness.Within;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.Verb;
import org.cdevgate.gate.WaitQueue;
import org.junit.jupiter.api.Test;

/**
 * A call that was woken while as many calls as allowed are parked waits for room, asleep as before:
 * a signal and the removal reach it all the same.
 */
class WaitingForRoomIT extends MountBase {
    private static final int BOUND = 2;

    /** Its reads sleep without a thread whatever happens; counts how often they looked. */
    private static final class RestlessDriver extends CountingDriver {
        private final WaitQueue queue = new WaitQueue("data");
        private final AtomicInteger runs = new AtomicInteger();

        @Override
        public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
            runs.incrementAndGet();
            return call.wouldBlock(queue);
        }
    }

    private interface Body {
        void run(TestMount small, RestlessDriver driver, FopsGate gate, ClientProcess reader)
                throws Exception;
    }

    /** With a read asleep without a thread, and as many reads of another device as may park. */
    private void atTheBound(Body body) throws Exception {
        DeafDriver deaf = new DeafDriver();
        RestlessDriver restless = new RestlessDriver();
        try (TestMount small = TestMount.create(builder -> builder.maxParkedCalls(BOUND));
                ClientProcess reader = ClientProcess.start()) {
            small.register("deaf", deaf);
            FopsGate gate = small.register("restless", restless);
            try {
                int deafFd = client.open(small.path("deaf"), OpenFlags.O_RDWR);
                int fd = reader.open(small.path("restless"), OpenFlags.O_RDWR);
                Pending waiting = reader.beginRead(fd, 1);
                TestMount.awaitAsleep(gate, Verb.READ, 1);
                List<Pending> parked = new ArrayList<>();
                for (int i = 0; i < BOUND; i++) {
                    parked.add(client.beginRead(deafFd, 1));
                }
                Within.limit("the bound is reached", () -> deaf.waiting() == BOUND);
                Within.limit(
                        "the bound is noticed",
                        () -> client.read(deafFd, 1).errno() == Errno.ENOMEM.number());
                body.run(small, restless, gate, reader);
                assertEquals(BOUND, deaf.waiting());
                if (!reader.isIdle()) {
                    waiting.await();
                }
            } finally {
                deaf.answer();
            }
            Within.limit("the calls end", () -> client.isIdle());
            client.closeAll();
        }
    }

    @Test
    void isEndedBySigkill() throws Exception {
        atTheBound(
                (small, driver, gate, reader) -> {
                    driver.queue.wakeUp();
                    TestMount.awaitAsleep(gate, Verb.READ, 0);
                    reader.kill(); // fails if the process does not end
                });
    }

    @Test
    void isAnsweredByTheRemoval() throws Exception {
        atTheBound(
                (small, driver, gate, reader) -> {
                    driver.queue.wakeUp();
                    TestMount.awaitAsleep(gate, Verb.READ, 0);
                    small.remove(gate);
                    Within.limit("the reader learns of the removal", reader::isIdle);
                });
    }
}
