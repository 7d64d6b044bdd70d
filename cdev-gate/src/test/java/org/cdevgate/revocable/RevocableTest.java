package org.cdevgate.revocable;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.cdevgate.device.BoundDevice;
import org.cdevgate.device.Bus;
import org.cdevgate.device.Device;
import org.cdevgate.device.DeviceModel;
import org.cdevgate.device.Driver;
import org.cdevgate.device.TestThreads;
import org.cdevgate.gate.removal.SelfRemovalException;
import org.cdevgate.internal.WaitsFor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RevocableTest {
    private final Bus bus = new DeviceModel().bus("pci");
    private final List<String> events = Collections.synchronizedList(new ArrayList<>());
    private final List<Revocable<StringBuilder>> made = new ArrayList<>();
    private final List<StringBuilder> raw = new ArrayList<>();
    private Device device;
    private Device other;

    private final class Gpu implements Driver {
        @Override
        public String name() {
            return "gpu";
        }

        @Override
        public boolean matches(Device any) {
            return true;
        }

        @Override
        public void probe(BoundDevice bound) {
            String name = "registers of " + bound.device().name();
            StringBuilder registers = new StringBuilder(name);
            raw.add(registers);
            made.add(
                    Revocable.managed(
                            name, bound, registers, gone -> events.add("unmapped " + gone)));
        }
    }

    @BeforeEach
    void bind() {
        bus.addDriver(new Gpu());
        device = bus.newDevice("gpu0").add();
        other = bus.newDevice("gpu1").add();
    }

    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Test
    void whoHasAProofNeedsNoPermission() {
        Revocable<StringBuilder> registers = made.get(0);
        BoundDevice escaped;
        try (BoundDevice bound = device.tryEnter().orElseThrow();
                BoundDevice foreign = other.tryEnter().orElseThrow()) {
            assertSame(raw.get(0), registers.access(bound));
            IllegalArgumentException refused =
                    assertThrows(IllegalArgumentException.class, () -> registers.access(foreign));
            assertTrue(refused.getMessage().contains("gpu0"), refused::getMessage);
            assertTrue(refused.getMessage().contains("gpu1"), refused::getMessage);
            escaped = bound;
        }
        assertThrows(IllegalStateException.class, () -> registers.access(escaped));
    }

    @Test
    void aProofOfAnEarlierBindingIsNone() {
        Revocable<StringBuilder> old = made.get(0);
        device.unbind();
        assertTrue(device.attach());
        try (BoundDevice bound = device.tryEnter().orElseThrow()) {
            assertThrows(IllegalArgumentException.class, () -> old.access(bound));
            assertSame(raw.get(2), made.get(2).access(bound));
        }
    }

    @Test
    void theUnbindingRevokesAndLaterUsesAreRefused() {
        Revocable<StringBuilder> registers = made.get(0);
        assertEquals(17, registers.tryAccess(StringBuilder::length).orElseThrow());
        assertFalse(registers.isRevoked());
        device.unbind();
        assertTrue(registers.isRevoked());
        assertNull(registers.tryAccess());
        assertTrue(registers.tryAccess(StringBuilder::length).isEmpty());
        assertEquals(List.of("unmapped registers of gpu0"), events);
        assertFalse(registers.revoke(), "released twice");
        assertEquals(1, events.size());
    }

    @Test
    void aUserMaySleepAndEveryRevokerWaitsForIt() throws Exception {
        Revocable<StringBuilder> registers = made.get(0);
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        FutureTask<Void> user =
                TestThreads.start(
                        () -> {
                            try (Revocable.Use<StringBuilder> use = registers.tryAccess()) {
                                inside.countDown();
                                goOn.await();
                                use.get().append("!");
                                events.add("used");
                            }
                            return null;
                        });
        inside.await();
        FutureTask<Boolean> first = TestThreads.start(registers::revoke);
        FutureTask<Boolean> second = TestThreads.start(registers::revoke);
        FutureTask<Boolean> unbind = TestThreads.start(device::unbind);
        await().atMost(LIMIT).until(registers::isRevoked);
        assertNull(registers.tryAccess());
        assertFalse(first.isDone() || second.isDone() || unbind.isDone());
        goOn.countDown();
        user.get(30, TimeUnit.SECONDS);
        int did = 0;
        for (FutureTask<Boolean> each : List.of(first, second)) {
            did += each.get(30, TimeUnit.SECONDS) ? 1 : 0;
        }
        assertTrue(unbind.get(30, TimeUnit.SECONDS));
        assertTrue(did <= 1);
        assertEquals(List.of("used", "unmapped registers of gpu0!"), events);
    }

    /** The defect of the kernel's revocable: what one thread does must not end the other's use. */
    @Test
    void aUseBelongsToItsThread() throws Exception {
        Revocable<StringBuilder> registers = made.get(0);
        Revocable.Use<StringBuilder> mine = registers.tryAccess();
        assertNotNull(mine);
        assertThrows(
                java.util.concurrent.ExecutionException.class,
                () ->
                        TestThreads.start(
                                        () -> {
                                            mine.close();
                                            return null;
                                        })
                                .get(30, TimeUnit.SECONDS));
        TestThreads.start(
                        () -> {
                            registers.tryAccess().close();
                            return null;
                        })
                .get(30, TimeUnit.SECONDS);
        FutureTask<Boolean> revoke = TestThreads.start(registers::revoke);
        await().atMost(LIMIT).until(registers::isRevoked);
        assertFalse(revoke.isDone());
        mine.get().append("!");
        mine.close();
        mine.close();
        assertThrows(IllegalStateException.class, mine::get);
        assertTrue(revoke.get(30, TimeUnit.SECONDS));
    }

    @Test
    void revokingWhatOneUsesIsRefused() {
        Revocable<StringBuilder> registers = made.get(0);
        try (Revocable.Use<StringBuilder> use = registers.tryAccess()) {
            assertThrows(SelfRemovalException.class, registers::revoke);
            assertFalse(registers.isRevoked());
            assertEquals(17, use.get().length());
        }
        assertTrue(registers.revoke());
        try (BoundDevice bound = device.tryEnter().orElseThrow()) {
            IllegalStateException refused =
                    assertThrows(IllegalStateException.class, () -> registers.access(bound));
            assertTrue(refused.getMessage().contains("revoked"), refused::getMessage);
        }
    }

    /** Each thread holds one and asks for the other; both are revoked meanwhile. */
    @Test
    void nestedUsesEndWhenAllAreRevokedAsOne() throws Exception {
        Revocable<StringBuilder> one = made.get(0);
        Revocable<StringBuilder> two = made.get(1);
        CountDownLatch inside = new CountDownLatch(2);
        List<FutureTask<Boolean>> users = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Revocable<StringBuilder> outer = i == 0 ? one : two;
            Revocable<StringBuilder> inner = i == 0 ? two : one;
            users.add(
                    TestThreads.start(
                            () -> {
                                try (Revocable.Use<StringBuilder> use = outer.tryAccess()) {
                                    inside.countDown();
                                    while (true) {
                                        try (Revocable.Use<StringBuilder> more =
                                                inner.tryAccess()) {
                                            if (more == null) {
                                                return use.get() != null;
                                            }
                                        }
                                    }
                                }
                            }));
        }
        inside.await();
        Revocable.revokeAll(List.of(one, two));
        for (FutureTask<Boolean> user : users) {
            assertTrue(user.get(30, TimeUnit.SECONDS));
        }
        assertEquals(List.of("unmapped registers of gpu1", "unmapped registers of gpu0"), events);
        Revocable.revokeAll(List.of());
    }

    @Test
    void whatIsRevokedLeavesTheListOfItsDevice() {
        try (BoundDevice bound = device.tryEnter().orElseThrow()) {
            int before = bound.devres().size();
            List<Revocable<?>> several = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                assertTrue(
                        Revocable.managed("per resume", bound, new Object(), gone -> {}).revoke());
                several.add(Revocable.managed("per resume", bound, new Object(), gone -> {}));
            }
            Revocable.revokeAll(several);
            assertEquals(before, bound.devres().size(), () -> "" + bound.devres().names());
        }
        device.unbind();
    }

    private static boolean isDraining(Thread thread) {
        return thread != null && WaitsFor.oneOf(thread, "org.cdevgate.gate.Drain");
    }

    /** It is found by the unbinding until its release has finished. */
    @Test
    void theUnbindingWaitsForARevocationUnderWay() throws Exception {
        CountDownLatch releasing = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Revocable<Object> slow;
        try (BoundDevice bound = device.tryEnter().orElseThrow()) {
            slow =
                    Revocable.managed(
                            "slow",
                            bound,
                            new Object(),
                            gone -> {
                                releasing.countDown();
                                try {
                                    goOn.await();
                                } catch (InterruptedException e) {
                                    throw new IllegalStateException(e);
                                }
                                events.add("slow");
                            });
        }
        FutureTask<Boolean> revoke = TestThreads.start(slow::revoke);
        releasing.await();
        AtomicReference<Thread> unbinder = new AtomicReference<>();
        FutureTask<Boolean> unbind =
                TestThreads.start(
                        () -> {
                            unbinder.set(Thread.currentThread());
                            return device.unbind();
                        });
        await().atMost(LIMIT).until(() -> unbind.isDone() || isDraining(unbinder.get()));
        assertFalse(unbind.isDone(), "the release of one of its resources goes on");
        goOn.countDown();
        assertTrue(unbind.get(30, TimeUnit.SECONDS));
        assertTrue(revoke.get(30, TimeUnit.SECONDS));
        assertEquals(List.of("slow", "unmapped registers of gpu0"), events);
    }
}
