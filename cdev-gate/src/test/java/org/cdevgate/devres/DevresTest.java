package org.cdevgate.devres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DevresTest {
    private final List<String> events = new ArrayList<>();
    private final List<DevresMisuse> misuses = new ArrayList<>();

    @AfterEach
    void off() {
        DevresDebug.disable();
    }

    private void add(Devres devres, String name) {
        devres.addAction(name, () -> events.add(name));
    }

    private Devres watched() {
        DevresDebug.enable(misuses::add);
        return new Devres("i2c-1");
    }

    @Test
    void theLastRegisteredIsReleasedFirst() {
        Devres devres = new Devres("i2c-1");
        add(devres, "power");
        String registers = new String("registers");
        assertSame(registers, devres.add("registers", registers, events::add));
        add(devres, "irq");
        assertEquals(List.of("power", "registers", "irq"), devres.names());
        devres.releaseAll();
        devres.releaseAll();
        assertEquals(List.of("irq", "registers", "power"), events);
        assertEquals(0, devres.size());
    }

    @Test
    void oneThatFailsDoesNotStopTheOthers() {
        Devres devres = new Devres("i2c-1");
        add(devres, "power");
        devres.addAction(
                "broken",
                () -> {
                    throw new IllegalStateException("on purpose");
                });
        add(devres, "irq");
        devres.releaseAll();
        assertEquals(List.of("irq", "power"), events);
    }

    @Test
    void earlyReleaseAndRemoval() {
        Devres devres = new Devres("i2c-1");
        String one = devres.add("one", new String("same"), events::add);
        String two = devres.add("two", new String("same"), text -> events.add("two"));
        assertTrue(devres.release(two));
        assertFalse(devres.release(two), "released twice");
        assertEquals(List.of("two"), events);
        assertTrue(devres.remove(one));
        assertFalse(devres.remove(one));
        devres.releaseAll();
        assertEquals(List.of("two"), events, "what was removed is the caller's");
    }

    @Test
    void groupsAreReleasedAsOne() {
        Devres devres = new Devres("i2c-1");
        add(devres, "before");
        DevresGroup outer = devres.openGroup("outer");
        add(devres, "a");
        DevresGroup inner = devres.openGroup("inner");
        add(devres, "b");
        inner.close();
        add(devres, "c");
        outer.close();
        outer.close();
        add(devres, "after");
        assertTrue(inner.release());
        assertEquals(List.of("b"), events);
        assertFalse(inner.release());
        assertTrue(outer.release());
        assertEquals(List.of("b", "c", "a"), events);
        devres.releaseAll();
        assertEquals(List.of("b", "c", "a", "after", "before"), events);
    }

    @Test
    void aGroupThatIsStillOpenReachesToTheEnd() {
        Devres devres = new Devres("i2c-1");
        add(devres, "before");
        DevresGroup open = devres.openGroup("open");
        add(devres, "inside");
        assertTrue(open.release());
        assertEquals(List.of("inside"), events);
        DevresGroup forgotten = devres.openGroup("forgotten");
        add(devres, "kept");
        forgotten.close();
        assertTrue(forgotten.remove());
        assertFalse(forgotten.remove());
        devres.releaseAll();
        assertEquals(List.of("inside", "before"), events);
    }

    @Test
    void whatComesTooLateIsReleasedAtOnceAndRefused() {
        Devres devres = watched();
        devres.releaseAll();
        IllegalStateException refused =
                assertThrows(IllegalStateException.class, () -> add(devres, "late"));
        assertTrue(refused.getMessage().contains("late"), refused::getMessage);
        assertEquals(List.of("late"), events);
        assertThrows(IllegalStateException.class, () -> devres.openGroup("late"));
        DevresMisuse misuse = misuses.get(0);
        assertEquals(DevresMisuse.Kind.REGISTERED_WHILE_UNBOUND, misuse.kind());
        assertTrue(misuse.toString().contains("registered"), misuse::toString);
        assertTrue(misuse.toString().contains("unbound"), misuse::toString);
        assertEquals("registered", misuse.first().getMessage());
        assertEquals("unbound", misuse.second().getMessage());
        assertEquals(1, misuses.size());
    }

    @Test
    void aManagedCallerGoesOnDuringRemove() {
        Devres devres = watched();
        devres.addCaller("irq 7", () -> events.add("freed"));
        add(devres, "memory");
        devres.removeBegins();
        assertEquals(1, misuses.size());
        assertEquals(DevresMisuse.Kind.MIXED_WITH_REMOVE, misuses.get(0).kind());
        assertEquals("irq 7", misuses.get(0).resource());
        devres.releaseAll();
        assertEquals(List.of("memory", "freed"), events);
    }

    @Test
    void managedMemoryInTheHandsOfWhoOutlivesTheBinding() {
        Devres devres = watched();
        List<String> adapter = devres.add("adapter", new ArrayList<>(), gone -> {});
        devres.handedTo(new ArrayList<>(), "somebody");
        assertEquals(List.of(), misuses);
        devres.handedTo(adapter, "the character device");
        assertEquals(DevresMisuse.Kind.OUTLIVED, misuses.get(0).kind());
        assertTrue(misuses.get(0).second().getMessage().contains("the character device"));
    }

    @Test
    void aReleaseThatReleasesOthers() {
        Devres devres = watched();
        String clock = devres.add("clock", "clock", events::add);
        devres.addAction("phy", () -> devres.release(clock));
        devres.releaseAll();
        assertEquals(DevresMisuse.Kind.RELEASED_IN_A_RELEASE, misuses.get(0).kind());
        assertEquals("phy", misuses.get(0).resource());
        assertEquals(List.of("clock"), events, "released once");
    }

    @Test
    void withoutTheModeNothingIsKeptOrReported() {
        DevresDebug.disable();
        Devres devres = new Devres("i2c-1");
        DevresDebug.enable(misuses::add);
        devres.addCaller("irq 7", () -> {});
        devres.removeBegins();
        devres.releaseAll();
        assertThrows(IllegalStateException.class, () -> add(devres, "late"));
        assertEquals(List.of(), misuses, "it was bound before the mode was on");
    }
}
