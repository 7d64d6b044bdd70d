package org.cdevgate.async;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.cdevgate.device.BoundDevice;
import org.cdevgate.device.Device;
import org.cdevgate.device.TestThreads;
import org.cdevgate.gate.removal.SelfRemovalException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class IrqLineTest {
    private final IrqLine line = new IrqLine("irq 7");
    private final List<String> events = Collections.synchronizedList(new ArrayList<>());
    private IrqLine.IrqAction action;
    private BoundDevice escaped;

    private Device device(IrqLine.Handler handler) {
        return Bound.device(
                bound -> {
                    bound.devres().addAction("registers", () -> events.add("unmapped"));
                    action = line.request(bound, handler);
                });
    }

    @Test
    void handlersRunUntilTheDeviceIsUnbound() {
        Device device =
                device(
                        bound -> {
                            bound.check();
                            escaped = bound;
                            events.add("handled");
                            return true;
                        });
        assertTrue(line.raise());
        assertThrows(IllegalStateException.class, escaped::check);
        device.unbind();
        assertFalse(line.raise(), "a late interrupt");
        assertEquals(List.of("handled", "unmapped"), events);
        assertEquals(2, line.raised());
        assertEquals(1, line.unhandled());
        assertFalse(action.free());
    }

    @Test
    void devicesShareALine() {
        Device first = device(bound -> false);
        Device second =
                device(
                        bound -> {
                            throw new IllegalStateException("on purpose");
                        });
        Device third = device(bound -> events.add("third"));
        assertTrue(line.raise());
        third.unbind();
        assertFalse(line.raise());
        assertEquals(List.of("third", "unmapped"), events);
        first.unbind();
        second.unbind();
    }

    @Test
    void freeingWaitsForTheHandlerAndSoDoesTheUnbinding() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Device device =
                device(
                        bound -> {
                            inside.countDown();
                            goOn.await();
                            return events.add("handled");
                        });
        FutureTask<Boolean> raise = TestThreads.start(line::raise);
        inside.await();
        FutureTask<Boolean> free = TestThreads.start(action::free);
        FutureTask<Boolean> unbind = TestThreads.start(device::unbind);
        Bound.until(() -> action.isFreed());
        assertFalse(line.raise(), "a new interrupt reached a handler that is being freed");
        assertFalse(free.isDone() || unbind.isDone());
        goOn.countDown();
        assertTrue(TestThreads.join(raise));
        TestThreads.join(free);
        assertTrue(TestThreads.join(unbind));
        assertEquals(List.of("handled", "unmapped"), events);
    }

    @Test
    void aHandlerThatFreesItselfIsToldSo() {
        Device[] self = new Device[1];
        self[0] =
                device(
                        bound -> {
                            assertThrows(SelfRemovalException.class, action::free);
                            assertThrows(SelfRemovalException.class, self[0]::unbind);
                            return events.add("told");
                        });
        assertTrue(line.raise());
        assertTrue(self[0].isBound());
        assertTrue(action.free());
        assertFalse(line.raise());
        assertTrue(self[0].unbind());
        assertEquals(List.of("told", "unmapped"), events);
    }
}
