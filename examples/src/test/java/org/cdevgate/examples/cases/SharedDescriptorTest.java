package org.cdevgate.examples.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.revocable.Revocable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two threads of one process use one descriptor while a resource behind it is revoked. */
@Timeout(60)
class SharedDescriptorTest {
    private final TestMachine machine = new TestMachine();
    private final CountDownLatch[] inside = {new CountDownLatch(1), new CountDownLatch(1)};
    private final CountDownLatch[] goOn = {new CountDownLatch(1), new CountDownLatch(1)};
    private final AtomicBoolean freed = new AtomicBoolean();
    private Revocable<AtomicBoolean> memory;

    /** The first command uses the resource until it is told to go on, the second the same. */
    private final class Driver implements FileOperations {
        @Override
        public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call)
                throws ErrnoException, InterruptedException {
            try (Revocable.Use<AtomicBoolean> use = memory.tryAccess()) {
                if (use == null) {
                    throw Errno.ENXIO.exception();
                }
                inside[command].countDown();
                goOn[command].await();
                return use.get().get() ? -1 : 0;
            }
        }
    }

    /**
     * Without the library: the proposed C revocable kept the reader's state in the handle of the
     * open file, so the second thread overwrote the first one's, the accounting was wrong for ever,
     * and a revocation returned with a thread inside or never.
     */
    @Test
    void theRevocationWaitsForBothWhicheverLeavesFirst() throws Exception {
        for (int first = 0; first < 2; first++) {
            for (int i = 0; i < 2; i++) {
                inside[i] = new CountDownLatch(1);
                goOn[i] = new CountDownLatch(1);
            }
            freed.set(false);
            String name = "shared" + first;
            var device =
                    machine.plug(
                            name,
                            bound -> {
                                memory =
                                        Revocable.managed(
                                                "memory", bound, freed, gone -> gone.set(true));
                                machine.misc.register(bound, name, 0600, new Driver());
                            });
            OpenFile file = machine.open(name);
            List<FutureTask<Integer>> calls =
                    List.of(
                            TestMachine.begin(() -> TestMachine.ioctl(file, 0)),
                            TestMachine.begin(() -> TestMachine.ioctl(file, 1)));
            inside[0].await();
            inside[1].await();

            FutureTask<Boolean> revoke = TestMachine.begin(memory::revoke);
            TestMachine.until("the revocation to begin", memory::isRevoked);
            assertEquals(
                    Errno.ENXIO.number(),
                    TestMachine.errnoOf(TestMachine.begin(() -> TestMachine.ioctl(file, 0))),
                    "a third call, on the same descriptor, got in");
            goOn[first].countDown();
            assertEquals(0, TestMachine.join(calls.get(first)), "used after it was freed");
            assertFalse(revoke.isDone() || freed.get(), "revoked under the other thread");
            goOn[1 - first].countDown();
            assertEquals(0, TestMachine.join(calls.get(1 - first)), "used after it was freed");
            assertTrue(TestMachine.join(revoke));
            assertTrue(freed.get());
            assertTrue(device.remove());
        }
    }
}
