package org.cdevgate.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import org.cdevgate.async.WorkQueue;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.front.Caller;
import org.cdevgate.gate.removal.SelfRemovalException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Who waits for a device is told for whom, is not kept longer than he wants, and never for ever.
 */
@Timeout(120)
class DeviceWaitsTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration SHORT = Duration.ofMillis(50);

    private final DeviceModel model = new DeviceModel();
    private final Bus bus = model.bus("usb");
    private final List<String> events = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch inside = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);

    private Device device(String name, NotingDriver.Step probe, NotingDriver.Step remove) {
        bus.addDriver(new NotingDriver(name, events, probe, remove));
        Device device = bus.newDevice(name).add();
        assertTrue(device.isBound());
        return device;
    }

    private void stuck() throws InterruptedException {
        inside.countDown();
        goOn.await();
    }

    private static String text(Throwable told) {
        return told == null ? "nobody was told" : told.getMessage();
    }

    // circles

    /** A device with a node whose ioctl runs a step. */
    private Device withIoctl(String name, AtomicReference<OpenFile> file, Callable<Boolean> ioctl) {
        return device(
                name,
                bound ->
                        file.set(
                                bound.addGate(
                                                FopsGate.of(
                                                        name,
                                                        new FileOperations() {
                                                            @Override
                                                            public int ioctl(
                                                                    OpenFile open,
                                                                    int command,
                                                                    long argument,
                                                                    ByteBuffer data,
                                                                    Call call) {
                                                                try {
                                                                    return ioctl.call() ? 1 : 0;
                                                                } catch (RuntimeException e) {
                                                                    throw e;
                                                                } catch (Exception e) {
                                                                    throw new AssertionError(e);
                                                                }
                                                            }
                                                        }))
                                        .front()
                                        .open(0, Caller.local())),
                bound -> {});
    }

    private static FutureTask<Integer> ioctl(AtomicReference<OpenFile> file) {
        return TestThreads.start(
                "caller-of-" + file.get().gate().name(),
                () ->
                        file.get()
                                .gate()
                                .front()
                                .ioctl(file.get(), 0, 0, ByteBuffer.allocate(0), Caller.local()));
    }

    /** Unbinds, or notes why not; whether it did. */
    private static Callable<Boolean> unbinds(
            Device[] device, CyclicBarrier together, List<SelfRemovalException> told) {
        return () -> {
            together.await();
            try {
                return device[0].unbind();
            } catch (SelfRemovalException e) {
                told.add(e);
                return false;
            }
        };
    }

    @Test
    void twoVerbsThatUnbindEachOthersDevice() throws Exception {
        for (int round = 0; round < 20; round++) {
            String one = "one" + round + "-";
            String two = "two" + round + "-";
            CyclicBarrier together = new CyclicBarrier(2);
            List<SelfRemovalException> told = Collections.synchronizedList(new ArrayList<>());
            Device[] ofOne = new Device[1];
            Device[] ofTwo = new Device[1];
            AtomicReference<OpenFile> fileOfOne = new AtomicReference<>();
            AtomicReference<OpenFile> fileOfTwo = new AtomicReference<>();
            Device first = withIoctl(one, fileOfOne, unbinds(ofOne, together, told));
            Device second = withIoctl(two, fileOfTwo, unbinds(ofTwo, together, told));
            ofOne[0] = second;
            ofTwo[0] = first;
            FutureTask<Integer> inFirst = ioctl(fileOfOne);
            FutureTask<Integer> inSecond = ioctl(fileOfTwo);
            assertEquals(
                    1,
                    TestThreads.join(inFirst) + TestThreads.join(inSecond),
                    "one unbinds, the other is refused");
            assertEquals(1, told.size());
            String text = text(told.get(0));
            assertTrue(text.contains("usb:" + one) && text.contains("usb:" + two), text);
            assertTrue(
                    text.contains("caller-of-" + one) && text.contains("caller-of-" + two), text);
            assertTrue(first.isBound() != second.isBound(), "who was refused has done something");
            assertTrue(first.remove() && second.remove());
        }
    }

    @Test
    void twoDriversThatUnbindEachOtherInRemove() throws Exception {
        Device[] devices = new Device[2];
        CyclicBarrier together = new CyclicBarrier(2);
        List<SelfRemovalException> told = Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < 2; i++) {
            int other = 1 - i;
            devices[i] =
                    device(
                            "drv" + i,
                            bound -> {},
                            bound -> {
                                together.await();
                                try {
                                    devices[other].unbind();
                                } catch (SelfRemovalException e) {
                                    told.add(e);
                                }
                            });
        }
        FutureTask<Boolean> first = TestThreads.start(devices[0]::unbind);
        FutureTask<Boolean> second = TestThreads.start(devices[1]::unbind);
        assertTrue(TestThreads.join(first) && TestThreads.join(second));
        assertEquals(1, told.size());
        String text = text(told.get(0));
        assertTrue(text.contains("usb:drv0") && text.contains("usb:drv1"), text);
        assertFalse(devices[0].isBound() || devices[1].isBound());
    }

    @Test
    void aHandlerThatUnbindsTheDeviceOfItsUnbinder() throws Exception {
        AtomicReference<BoundCaller> line = new AtomicReference<>();
        AtomicReference<OpenFile> file = new AtomicReference<>();
        CyclicBarrier together = new CyclicBarrier(2);
        List<SelfRemovalException> told = Collections.synchronizedList(new ArrayList<>());
        Device[] ofVerb = new Device[1];
        Device[] ofHandler = new Device[1];
        Device camera = device("cam", bound -> line.set(bound.addCaller("irq")), bound -> {});
        Device hub = withIoctl("hub", file, unbinds(ofVerb, together, told));
        ofVerb[0] = camera;
        ofHandler[0] = hub;
        FutureTask<Boolean> handler =
                TestThreads.start(
                        () -> {
                            boolean[] did = new boolean[1];
                            line.get()
                                    .tryRun(
                                            bound ->
                                                    did[0] =
                                                            unbinds(ofHandler, together, told)
                                                                    .call());
                            return did[0];
                        });
        FutureTask<Integer> verb = ioctl(file);
        int done = (TestThreads.join(handler) ? 1 : 0) + TestThreads.join(verb);
        assertEquals(1, done);
        assertEquals(1, told.size());
        assertTrue(camera.isBound() != hub.isBound());
    }

    /** The verb waits for an unbinding that needs nothing of it. */
    @Test
    void aVerbThatUnbindsAConsumerWhichIsBeingUnboundIsNotRefused() throws Exception {
        AtomicReference<OpenFile> file = new AtomicReference<>();
        Device[] consumer = new Device[1];
        Device clock =
                withIoctl(
                        "clock",
                        file,
                        () -> {
                            inside.await();
                            return consumer[0].unbind();
                        });
        bus.addDriver(new NotingDriver("camera", events, bound -> {}, bound -> stuck()));
        consumer[0] = bus.newDevice("camera").add();
        model.link(consumer[0], clock, DeviceLink.Kind.MANAGED);
        FutureTask<Integer> verb = ioctl(file);
        TestThreads.until(() -> !file.get().gate().callsInFlight().isEmpty());
        FutureTask<Boolean> unbind = TestThreads.start(clock::unbind);
        inside.await();
        goOn.countDown();
        assertTrue(TestThreads.join(unbind));
        assertEquals(0, TestThreads.join(verb));
    }

    // reports

    private static String logUntil(String part, Callable<Void> work) throws Exception {
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        PrintStream before = System.err;
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try {
            work.call();
            TestThreads.until(() -> log.toString(StandardCharsets.UTF_8).contains(part));
        } finally {
            System.setErr(before);
        }
        return log.toString(StandardCharsets.UTF_8);
    }

    @Test
    void whoWaitsForAnotherUnbinderSaysSo() throws Exception {
        model.slowDrain(SHORT);
        Device camera = device("cam", bound -> {}, bound -> stuck());
        FutureTask<Boolean> first = TestThreads.start("first-unbinder", camera::unbind);
        inside.await();
        List<FutureTask<Boolean>> second = new ArrayList<>();
        String log =
                logUntil(
                        "Device.unbind() of usb:cam still waits",
                        () -> {
                            second.add(TestThreads.start(camera::unbind));
                            return null;
                        });
        assertTrue(log.contains("remove() of usb:cam (cam), thread first-unbinder"), log);
        assertTrue(log.contains("DeviceWaitsTest.stuck"), log);
        goOn.countDown();
        assertTrue(TestThreads.join(first));
        assertFalse(TestThreads.join(second.get(0)));
    }

    @Test
    void aRemoveThatIsStuckIsReportedAlsoWhereNobodyElseWaits() throws Exception {
        model.slowDrain(SHORT);
        Device camera = device("cam", bound -> {}, bound -> stuck());
        List<FutureTask<Boolean>> unplug = new ArrayList<>();
        String log =
                logUntil(
                        "DeviceWaitsTest.stuck",
                        () -> {
                            unplug.add(TestThreads.start("unplugger", camera::remove));
                            return null;
                        });
        assertTrue(log.contains("the unbinding of usb:cam still waits after"), log);
        assertTrue(log.contains("remove() of usb:cam (cam), thread unplugger"), log);
        goOn.countDown();
        assertTrue(TestThreads.join(unplug.get(0)));
    }

    @Test
    void aResourceWhoseReleaseIsStuckIsReportedAgainAndAgain() throws Exception {
        model.slowDrain(SHORT);
        Device camera =
                device("cam", bound -> bound.devres().addAction("clock", this::stuck), bound -> {});
        FutureTask<Boolean> unbind = TestThreads.start("unbinder", camera::unbind);
        inside.await();
        String report = "the release of its managed resources of usb:cam (cam), thread unbinder";
        logUntil(report, () -> null);
        logUntil(report, () -> null);
        goOn.countDown();
        assertTrue(TestThreads.join(unbind));
    }

    @Test
    void whoWaitsForAProbeSaysSo() throws Exception {
        model.slowDrain(SHORT);
        bus.addDriver(new NotingDriver("cam", events, bound -> stuck(), bound -> {}));
        FutureTask<Device> add = TestThreads.start("prober", () -> bus.newDevice("cam").add());
        inside.await();
        List<FutureTask<Boolean>> unbind = new ArrayList<>();
        String log =
                logUntil(
                        "DeviceWaitsTest.stuck",
                        () -> {
                            unbind.add(TestThreads.start(bus.device("cam")::unbind));
                            return null;
                        });
        assertTrue(log.contains("probe of usb:cam (cam), thread prober"), log);
        goOn.countDown();
        TestThreads.join(add);
        assertTrue(TestThreads.join(unbind.get(0)));
    }

    @Test
    void aThresholdOfNothingIsRefused() {
        for (Duration wrong : List.of(Duration.ZERO, Duration.ofSeconds(-1))) {
            IllegalArgumentException refused =
                    assertThrows(IllegalArgumentException.class, () -> model.slowDrain(wrong));
            assertTrue(refused.getMessage().contains(wrong.toString()), refused::getMessage);
        }
    }

    @Test
    void whoWaitsForAllProbesSaysForWhich() throws Exception {
        model.slowDrain(SHORT);
        bus.addDriver(
                new NotingDriver("cam", events, bound -> stuck(), bound -> {}) {
                    @Override
                    public boolean probesAsynchronously() {
                        return true;
                    }
                });
        bus.newDevice("cam").add();
        inside.await();
        List<FutureTask<Void>> wait = new ArrayList<>();
        String log =
                logUntil(
                        "DeviceWaitsTest.stuck",
                        () -> {
                            wait.add(
                                    TestThreads.start(
                                            () -> {
                                                model.waitForProbes();
                                                return null;
                                            }));
                            return null;
                        });
        assertTrue(log.contains("probe of usb:cam, thread device-probe"), log);
        goOn.countDown();
        assertNull(TestThreads.join(wait.get(0)));
    }

    // limits

    @Test
    void aBoundedUnbindingNamesARemoveThatIsStuck() throws Exception {
        Device camera = device("cam", bound -> {}, bound -> stuck());
        UnbindOutcome outcome = camera.unbind(SHORT);
        assertSame(UnbindOutcome.Ending.TIMED_OUT, outcome.ending());
        inside.await();
        outcome = camera.unbind(SHORT);
        assertFalse(outcome.isDone());
        assertFalse(camera.isBound());
        assertTrue(outcome.toString().contains("remove() of usb:cam"), outcome::toString);
        assertTrue(outcome.toString().contains("DeviceWaitsTest.stuck"), outcome::toString);
        assertEquals(1, threads("unbind-cam"), "each wait has a thread of its own");
        Thread.currentThread().interrupt();
        assertSame(UnbindOutcome.Ending.INTERRUPTED, camera.unbind(LONG).ending());
        assertTrue(Thread.interrupted());
        goOn.countDown();
        outcome = camera.unbind(LONG);
        assertTrue(outcome.isDone(), outcome::toString);
        assertEquals(List.of(), outcome.culprits());
        assertEquals(List.of("probe cam", "remove cam"), events);
        assertSame(UnbindOutcome.Ending.DONE, camera.unbind(LONG).ending());
        assertTrue(camera.attach());
        assertSame(UnbindOutcome.Ending.DONE_HERE, camera.unbind(LONG).ending());
    }

    private static long threads(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(each -> each.getName().equals(name))
                .count();
    }

    @Test
    void aBoundedRemovalNamesWhatIsInAChildAndInAConsumer() throws Exception {
        AtomicReference<BoundCaller> timer = new AtomicReference<>();
        Device hub = device("hub", bound -> {}, bound -> {});
        bus.addDriver(
                new NotingDriver(
                        "cam", events, bound -> timer.set(bound.addCaller("timer")), bound -> {}));
        Device camera = bus.newDevice("cam").parent(hub).add();
        Device panel = device("panel", bound -> {}, bound -> {});
        model.link(panel, camera, DeviceLink.Kind.MANAGED);
        FutureTask<Boolean> function =
                TestThreads.start("timer-thread", () -> timer.get().tryRun(bound -> stuck()));
        inside.await();
        BoundDevice entered = panel.tryEnter().orElseThrow();
        assertThrows(SelfRemovalException.class, () -> hub.remove(SHORT));
        assertFalse(hub.isGone());
        FutureTask<UnbindOutcome> remove = TestThreads.start(() -> hub.remove(SHORT));
        UnbindOutcome outcome = TestThreads.join(remove);
        assertSame(UnbindOutcome.Ending.TIMED_OUT, outcome.ending());
        String text = outcome.toString();
        assertTrue(text.contains("timer") && text.contains("timer-thread"), text);
        assertTrue(text.contains("usb:panel"), text);
        assertTrue(hub.isGone());
        entered.close();
        goOn.countDown();
        assertTrue(TestThreads.join(function));
        assertTrue(hub.remove(LONG).isDone());
        assertFalse(hub.remove(), "it was removed already");
        assertEquals(List.of(panel), bus.devices());
    }

    @Test
    void aBoundedUnbindingNamesAWorkItemThatIsStuck() throws Exception {
        Device camera =
                device(
                        "cam",
                        bound ->
                                assertTrue(
                                        WorkQueue.alloc(bound, "uploads", 1)
                                                .work("upload", proof -> stuck())
                                                .queue()),
                        bound -> {});
        inside.await();
        UnbindOutcome outcome = camera.unbind(SHORT);
        assertSame(UnbindOutcome.Ending.TIMED_OUT, outcome.ending());
        assertTrue(
                outcome.culprits().stream()
                        .anyMatch(
                                each ->
                                        each.what().contains("uploads")
                                                && each.thread() != null
                                                && each.toString()
                                                        .contains("DeviceWaitsTest.stuck")),
                outcome::toString);
        goOn.countDown();
        assertTrue(camera.unbind(LONG).isDone());
    }

    @Test
    void aCircleOfBoundedUnbindingsEndsByItself() throws Exception {
        CyclicBarrier together = new CyclicBarrier(2);
        Device[] ofOne = new Device[1];
        Device[] ofTwo = new Device[1];
        AtomicReference<OpenFile> fileOfOne = new AtomicReference<>();
        AtomicReference<OpenFile> fileOfTwo = new AtomicReference<>();
        Device first = withIoctl("one", fileOfOne, bounded(ofOne, together));
        Device second = withIoctl("two", fileOfTwo, bounded(ofTwo, together));
        ofOne[0] = second;
        ofTwo[0] = first;
        FutureTask<Integer> inFirst = ioctl(fileOfOne);
        FutureTask<Integer> inSecond = ioctl(fileOfTwo);
        TestThreads.join(inFirst);
        TestThreads.join(inSecond);
        assertTrue(first.unbind(LONG).isDone() && second.unbind(LONG).isDone());
        assertFalse(first.isBound() || second.isBound());
    }

    private static Callable<Boolean> bounded(Device[] device, CyclicBarrier together) {
        return () -> {
            together.await();
            return device[0].unbind(SHORT).isDone();
        };
    }

    /** The clock that looks at a driver's steps is a thread that goes after a second. */
    @Test
    void aThresholdForEverStartsNoClock() throws InterruptedException {
        TestThreads.until(() -> !isClockThere());
        AtomicReference<Boolean> looked = new AtomicReference<>();
        Device reported = device("reported", bound -> {}, bound -> looked.set(isClockThere()));
        assertTrue(reported.unbind());
        assertTrue(looked.get(), "nobody looks, so this test does not either");
        TestThreads.until(() -> !isClockThere());
        model.slowDrain(ChronoUnit.FOREVER.getDuration());
        Device silent = device("silent", bound -> {}, bound -> looked.set(isClockThere()));
        assertTrue(silent.unbind());
        assertFalse(looked.get(), "a clock for a report that never comes");
    }

    private static boolean isClockThere() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(each -> each.getName().startsWith("cdev-gate-slow-steps"));
    }
}
