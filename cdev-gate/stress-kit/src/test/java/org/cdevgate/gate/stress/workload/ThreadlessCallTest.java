package org.cdevgate.gate.stress.workload;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.front.Caller;
import org.cdevgate.gate.front.RequestSleeper;
import org.cdevgate.gate.stress.oracle.Finding;
import org.junit.jupiter.api.Test;

class ThreadlessCallTest {
    private final WaitQueue readable = new WaitQueue("readable");
    private final FileOperations driver =
            new FileOperations() {
                @Override
                public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
                    return call.wouldBlock(readable);
                }
            };

    @FunctionalInterface
    private interface Steps {
        void take(StressWorker worker, StressedDevice device, Opened opened) throws Exception;
    }

    private List<Finding> run(GateSabotage sabotage, Steps steps) throws InterruptedException {
        Action once =
                new Action() {
                    @Override
                    public String name() {
                        return "once";
                    }

                    @Override
                    public void run(StressWorker worker) throws Exception {
                        worker.run().renew();
                        StressedDevice device = worker.run().device(0);
                        OpenFile file =
                                device.gate().front().open(OpenFlags.O_RDWR, Caller.local());
                        steps.take(worker, device, new Opened(device, file));
                        worker.run().end();
                    }
                };
        StressPlan plan =
                new StressPlan(device -> device.gate(driver))
                        .sabotage(sabotage)
                        .duration(Duration.ofMinutes(1))
                        .crew(WorkerRole.named("once").with(1, once), 1, 0);
        return new StressRun(plan).execute().findings();
    }

    private static void read(StressWorker worker, Opened opened) {
        new ThreadlessCall(
                        worker.run(),
                        opened,
                        Verb.READ,
                        caller ->
                                opened.device
                                        .gate()
                                        .front()
                                        .read(opened.file, ByteBuffer.allocate(1), 0, caller))
                .run(worker);
    }

    /** Keeps a wake-up from going on to the next sleeper. */
    private static final class Slow extends RequestSleeper {
        final CountDownLatch woken = new CountDownLatch(1);
        final CountDownLatch goesOn = new CountDownLatch(1);

        @Override
        protected void runAgain() {
            woken.countDown();
            try {
                goesOn.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        protected void removed(int answer) {
            throw new AssertionError("taken off its queue before the removal");
        }
    }

    /** A removal need not wait for one that is not on its queue any more. */
    @Test
    void aRequestThatAWakeUpIsToAnswerIsNoFinding() throws Exception {
        Steps steps =
                (worker, device, opened) -> {
                    Front front = new Front();
                    Slow slow = new Slow();
                    do {
                        device.gate().front().read(opened.file, ByteBuffer.allocate(1), 0, front);
                    } while (!device.gate().front().sleep(slow, front));
                    read(worker, opened);
                    Thread waker = new Thread(readable::wakeUp);
                    waker.start();
                    slow.woken.await();
                    RemovalAction.UNREGISTER_SYNC.remove(worker, device);
                    slow.goesOn.countDown();
                    waker.join();
                };
        assertEquals(List.of(), run(GateSabotage.NONE, steps));
    }

    @Test
    void aRequestThatSleepsOnWhenTheRemoverReturnsIsFound() throws Exception {
        GateSabotage returnsAtOnce =
                new GateSabotage() {
                    @Override
                    public boolean unregisterSync(FopsGate gate) {
                        return true;
                    }
                };
        Steps steps =
                (worker, device, opened) -> {
                    read(worker, opened);
                    RemovalAction.UNREGISTER_SYNC.remove(worker, device);
                    device.gate().unregisterSync();
                };
        List<Finding> found =
                run(returnsAtOnce, steps).stream()
                        .filter(each -> each.kind() == Finding.Kind.NOT_TOLD)
                        .toList();
        assertEquals(1, found.size(), found::toString);
        assertEquals(
                "read without a thread slept on dev0 and was not told of the removal",
                found.get(0).what());
        assertEquals(2, found.get(0).times(), "it was told, when the remover had returned");
    }
}
