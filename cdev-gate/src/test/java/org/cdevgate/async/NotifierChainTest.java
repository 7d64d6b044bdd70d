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
import org.cdevgate.device.Device;
import org.cdevgate.device.TestThreads;
import org.cdevgate.gate.removal.SelfRemovalException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class NotifierChainTest {
    private final NotifierChain<String> chain = new NotifierChain<>("reboot");
    private final List<String> events = Collections.synchronizedList(new ArrayList<>());

    @Test
    void higherPrioritiesComeFirstAndOneMayStopTheRest() {
        Device device =
                Bound.device(
                        bound -> {
                            chain.register(bound, 0, (event, b) -> events.add("first " + event));
                            chain.register(
                                    bound,
                                    -1,
                                    (event, b) -> {
                                        events.add("stops");
                                        return !event.equals("halt");
                                    });
                            chain.register(bound, 0, (event, b) -> events.add("second"));
                            chain.register(bound, 5, (event, b) -> events.add("highest"));
                            chain.register(bound, -2, (event, b) -> events.add("last"));
                        });
        assertEquals(4, chain.call("halt"));
        assertEquals(List.of("highest", "first halt", "second", "stops"), events);
        assertEquals(5, chain.call("restart"));
        device.unbind();
        assertEquals(0, chain.call("halt"), "told after its device was unbound");
    }

    @Test
    void oneThatFailsDoesNotStopTheOthers() {
        Device device =
                Bound.device(
                        bound -> {
                            chain.register(
                                    bound,
                                    1,
                                    (event, b) -> {
                                        throw new IllegalStateException("on purpose");
                                    });
                            chain.register(bound, 0, (event, b) -> events.add("told"));
                        });
        assertEquals(2, chain.call("halt"));
        assertEquals(List.of("told"), events);
        device.unbind();
    }

    @Test
    void unregisteringWaitsButNotFromInside() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        List<NotifierChain.Registration<String>> registered = new ArrayList<>();
        Device device =
                Bound.device(
                        bound ->
                                registered.add(
                                        chain.register(
                                                bound,
                                                0,
                                                (event, b) -> {
                                                    if (event.equals("other")) {
                                                        return true;
                                                    }
                                                    assertThrows(
                                                            SelfRemovalException.class,
                                                            registered.get(0)::unregister);
                                                    inside.countDown();
                                                    goOn.await();
                                                    return events.add(event);
                                                })));
        FutureTask<Integer> call = TestThreads.start(() -> chain.call("halt"));
        inside.await();
        FutureTask<Boolean> unregister = TestThreads.start(registered.get(0)::unregister);
        Bound.until(() -> chain.call("other") == 0);
        assertFalse(unregister.isDone());
        goOn.countDown();
        assertEquals(1, TestThreads.join(call));
        assertTrue(TestThreads.join(unregister));
        assertEquals(List.of("halt"), events);
        device.unbind();
    }
}
