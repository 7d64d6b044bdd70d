package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/** Whoever passes null to a mount is told which argument it is, before anything has happened. */
@Timeout(60)
class NullArgumentsIT {
    private static final List<Class<?>> PUBLIC =
            List.of(DeviceMount.class, DeviceMountBuilder.class, DeviceNode.class);

    private static Map<String, Executable> calls(DeviceMount dev, FopsGate gate) {
        FileOperations driver = new FileOperations() {};
        DeviceNode node = DeviceNode.named("x");
        DeviceMountBuilder builder = DeviceMount.builder(Path.of("/nonexistent"));
        return new TreeMap<>(
                Map.ofEntries(
                        Map.entry("DeviceMount.mount(mountPoint)", () -> DeviceMount.mount(null)),
                        Map.entry(
                                "DeviceMount.builder(mountPoint)", () -> DeviceMount.builder(null)),
                        Map.entry("DeviceMount.path(name)", () -> dev.path(null)),
                        Map.entry("DeviceMount.register(name)", () -> dev.register(null, driver)),
                        Map.entry("DeviceMount.register(driver)", () -> dev.register("x", null)),
                        Map.entry("DeviceMount.register(gate)", () -> dev.register(null, node)),
                        Map.entry("DeviceMount.register(node)", () -> dev.register(gate, null)),
                        Map.entry("DeviceMount.follow(devices)", () -> dev.follow(null)),
                        Map.entry("DeviceMountBuilder.fsName(name)", () -> builder.fsName(null)),
                        Map.entry(
                                "DeviceMountBuilder.closeTimeout(timeout)",
                                () -> builder.closeTimeout(null)),
                        Map.entry("DeviceNode.named(name)", () -> DeviceNode.named(null)),
                        Map.entry("DeviceNode.link(linkName)", () -> node.link(null))));
    }

    @Test
    void eachIsRefusedByItsNameAndNothingHasHappened() throws Exception {
        TestMount.loadEverything();
        try (TestMount mount = TestMount.create()) {
            DeviceMount dev = mount.mount();
            FopsGate gate = FopsGate.of("gate", new FileOperations() {});
            Map<String, Executable> calls = calls(dev, gate);
            calls.forEach(
                    (what, call) -> {
                        String name = what.replaceFirst(".*\\((.*)\\)", "$1");
                        NullPointerException told =
                                assertThrows(NullPointerException.class, call, what);
                        assertEquals(name, told.getMessage(), what);
                    });
            assertEquals(all(), calls.keySet(), "arguments that may be null, or are new");
            assertEquals(List.of(), dev.gates());
            assertFalse(gate.isRemoving(), "it was published nowhere");
        }
    }

    private static Set<String> all() {
        Set<String> all = new TreeSet<>();
        for (Class<?> each : PUBLIC) {
            for (Method method : each.getDeclaredMethods()) {
                if (Modifier.isPublic(method.getModifiers()) && !method.isSynthetic()) {
                    for (Parameter parameter : method.getParameters()) {
                        if (!parameter.getType().isPrimitive()) {
                            all.add(
                                    each.getSimpleName()
                                            + "."
                                            + method.getName()
                                            + "("
                                            + parameter.getName()
                                            + ")");
                        }
                    }
                }
            }
        }
        return all;
    }
}
