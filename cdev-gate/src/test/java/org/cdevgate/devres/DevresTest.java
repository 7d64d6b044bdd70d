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
import org.junit.jupiter.api.Timeout;

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
    void theSameResourceIsGivenBackAsOftenAsItWasRegistered() {
        Devres devres = new Devres("i2c-1");
        String clock = "clock";
        devres.add("first", clock, text -> events.add("first"));
        add(devres, "between");
        devres.add("second", clock, text -> events.add("second"));
        devres.add("third", clock, text -> events.add("third"));
        DevresGroup group = devres.openGroup("group");
        devres.add("fourth", clock, text -> events.add("fourth"));
        assertTrue(group.release());
        assertTrue(devres.release(clock));
        assertEquals(List.of("fourth", "third"), events);
        assertEquals(List.of("first", "between", "second"), devres.names());
        assertTrue(devres.remove(clock));
        assertTrue(devres.release(clock));
        assertFalse(devres.release(clock));
        assertEquals(List.of("between"), devres.names());
        assertEquals(List.of("fourth", "third", "first"), events);
    }

    /** 20 billion steps if each were searched for. */
    @Test
    @Timeout(60)
    void oneOfManyIsFoundAtOnce() {
        Devres devres = new Devres("hub");
        List<Object> resources = new ArrayList<>();
        for (int i = 0; i < 200_000; i++) {
            resources.add(devres.add("resource", new Object(), gone -> {}));
        }
        resources.forEach(each -> assertTrue(devres.release(each)));
        assertEquals(0, devres.size());
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
