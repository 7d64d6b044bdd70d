package org.cdevgate.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Devices that wait for something, and the threads on which they are probed again. */
@Timeout(60)
class ProbesTest {
    private final ExecutorService threads = Executors.newFixedThreadPool(4);

    /** What is thrown in place of a thread; null if there are threads. */
    private final AtomicReference<Throwable> none = new AtomicReference<>();

    private final DeviceModel model =
            new DeviceModel(
                    new Probes(
                            task -> {
                                Throwable now = none.get();
                                if (now instanceof Error error) {
                                    throw error;
                                } else if (now instanceof RuntimeException unchecked) {
                                    throw unchecked;
                                }
                                threads.execute(task);
                            }));
    private final Bus bus = model.bus("usb");
    private final List<String> events = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    private NotingDriver driver(String name, NotingDriver.Step probe) {
        NotingDriver driver = new NotingDriver(name, events, probe, bound -> {});
        bus.addDriver(driver);
        return driver;
    }

    private static void needs(Device supplier) throws ProbeDeferredException {
        if (!supplier.isBound()) {
            throw new ProbeDeferredException("its " + supplier.name());
        }
    }

    private void bindSomething(String name) {
        driver(name, bound -> {});
        assertTrue(bus.newDevice(name).add().isBound());
    }

    @Test
    void devicesStayDeferredWhenThereIsNoThread() throws Exception {
        for (Throwable each :
                List.of(
                        new OutOfMemoryError("unable to create native thread"),
                        new RejectedExecutionException("of the test"))) {
            String round = each.getClass().getSimpleName();
            Device clock = bus.newDevice("clock" + round).add();
            driver("camera" + round, bound -> needs(clock));
            Device one = bus.newDevice("camera" + round + "1").add();
            Device two = bus.newDevice("camera" + round + "2").add();
            none.set(each);
            driver("clock" + round, bound -> {}); // news, and no thread for those that waited
            assertTrue(clock.isBound());
            assertEquals(
                    Map.of(one, "its " + clock.name(), two, "its " + clock.name()),
                    model.deferred());
            model.waitForProbes();
            none.set(null);
            bindSomething("other" + round);
            model.waitForProbes();
            assertTrue(one.isBound() && two.isBound(), round + ": the next news went past them");
            assertEquals(Map.of(), model.deferred());
        }
    }

    @Test
    void anAsynchronousProbeWithoutAThreadComesWithTheNextNews() throws Exception {
        bus.addDriver(
                new NotingDriver("slow", events) {
                    @Override
                    public boolean probesAsynchronously() {
                        return true;
                    }
                });
        none.set(new OutOfMemoryError("unable to create native thread"));
        Device slow = bus.newDevice("slow").add();
        model.waitForProbes();
        assertFalse(slow.isBound());
        assertEquals(1, model.deferred().size());
        none.set(null);
        bindSomething("other");
        model.waitForProbes();
        assertTrue(slow.isBound());
    }

    @Test
    void newsDuringAProbeIsNotMissedWithoutAThread() throws Exception {
        Device clock = bus.newDevice("clock").add();
        driver(
                "camera",
                bound -> {
                    boolean missing = !clock.isBound();
                    if (missing) { // and comes just then
                        none.set(new OutOfMemoryError("unable to create native thread"));
                        TestThreads.start(
                                        () -> {
                                            driver("clock", b -> {});
                                            return null;
                                        })
                                .get();
                        throw new ProbeDeferredException("its clock");
                    }
                });
        Device camera = bus.newDevice("camera").add();
        assertTrue(clock.isBound());
        assertFalse(camera.isBound());
        assertEquals(Map.of(camera, "its clock"), model.deferred());
        none.set(null);
        bindSomething("other");
        model.waitForProbes();
        assertTrue(camera.isBound());
    }

    @Test
    void aProbeThatWaitsForAllProbesIsRefused() throws Exception {
        AtomicReference<IllegalStateException> refused = new AtomicReference<>();
        bus.addDriver(
                new NotingDriver(
                        "slow",
                        events,
                        bound ->
                                refused.set(
                                        assertThrows(
                                                IllegalStateException.class, model::waitForProbes)),
                        bound -> {}) {
                    @Override
                    public boolean probesAsynchronously() {
                        return true;
                    }
                });
        Device slow = bus.newDevice("slow").add();
        model.waitForProbes();
        assertTrue(slow.isBound());
        assertTrue(refused.get().getMessage().contains("usb:slow"), refused.get()::getMessage);
    }

    @Test
    void aProbeThatIsDeferredWithoutAReasonIsDeferred() throws Exception {
        AtomicInteger probes = new AtomicInteger();
        driver(
                "camera",
                bound -> {
                    if (probes.incrementAndGet() == 1) {
                        throw new ProbeDeferredException(null);
                    }
                });
        Device camera = bus.newDevice("camera").add();
        assertTrue(model.deferred().containsKey(camera));
        bindSomething("other");
        model.waitForProbes();
        assertTrue(camera.isBound());
    }

    // loops

    /** Adds a child that is bound, takes it away again when its probe fails, and is deferred. */
    private Device aDeviceThatGoesRound(String name, AtomicInteger probes, Device supplier) {
        driver(name + "-kid", bound -> {});
        driver(
                name + "-parent",
                bound -> {
                    probes.incrementAndGet();
                    Device kid = bus.newDevice(name + "-kid").parent(bound.device()).add();
                    bound.devres().addAction("kid", kid::remove);
                    assertTrue(kid.isBound());
                    needs(supplier);
                });
        return bus.newDevice(name + "-parent").add();
    }

    @Test
    void aProbeThatMakesItsOwnNewsDoesNotGoRoundForEver() throws Exception {
        Device clock = bus.newDevice("clock").add();
        AtomicInteger probes = new AtomicInteger();
        Device parent = aDeviceThatGoesRound("a", probes, clock);
        model.waitForProbes();
        assertEquals(1 + Probes.MOST_OWN_TRIES, probes.get());
        assertEquals(Map.of(parent, "its clock"), model.deferred());
        driver("clock", bound -> {});
        model.waitForProbes();
        assertTrue(parent.isBound(), "news that came from elsewhere went past it");
        assertEquals(2 + Probes.MOST_OWN_TRIES, probes.get());
        assertEquals(Map.of(), model.deferred());
    }

    @Test
    void twoThatMakeNewsForEachOtherDoNotGoRoundForEver() throws Exception {
        Device clock = bus.newDevice("clock").add();
        AtomicInteger ofOne = new AtomicInteger();
        AtomicInteger ofTwo = new AtomicInteger();
        Device one = aDeviceThatGoesRound("one", ofOne, clock);
        Device two = aDeviceThatGoesRound("two", ofTwo, clock);
        model.waitForProbes();
        assertEquals(2, model.deferred().size());
        int most = 10 * (1 + Probes.MOST_OWN_TRIES);
        assertTrue(ofOne.get() <= most && ofTwo.get() <= most, ofOne + " and " + ofTwo);
        driver("clock", bound -> {});
        model.waitForProbes();
        assertTrue(one.isBound() && two.isBound());
    }

    @Test
    void aProbeMayWaitForTheChildrenThatItAdds() throws Exception {
        int children = 5;
        bus.addDriver(
                new NotingDriver("child", events) {
                    @Override
                    public boolean probesAsynchronously() {
                        return true;
                    }
                });
        driver(
                "parent",
                bound -> {
                    for (int i = 0; i < children; i++) {
                        Device child = bus.device("child" + i);
                        if (child == null) {
                            child = bus.newDevice("child" + i).parent(bound.device()).add();
                        }
                        if (!child.isBound()) {
                            throw new ProbeDeferredException("its children");
                        }
                    }
                });
        Device parent = bus.newDevice("parent").add();
        TestThreads.until(parent::isBound);
        model.waitForProbes();
        assertEquals(Map.of(), model.deferred());
    }

    @Test
    void whoeverGoesRoundIsNamed() throws Exception {
        java.io.ByteArrayOutputStream log = new java.io.ByteArrayOutputStream();
        java.io.PrintStream before = System.err;
        Device clock = bus.newDevice("clock").add();
        System.setErr(new java.io.PrintStream(log, true, java.nio.charset.StandardCharsets.UTF_8));
        try {
            aDeviceThatGoesRound("named", new AtomicInteger(), clock);
            model.waitForProbes();
        } finally {
            System.setErr(before);
        }
        String text = log.toString(java.nio.charset.StandardCharsets.UTF_8);
        assertTrue(text.contains("usb:named-parent was probed"), text);
        assertTrue(text.contains("usb:named-kid bound"), text);
    }
}
