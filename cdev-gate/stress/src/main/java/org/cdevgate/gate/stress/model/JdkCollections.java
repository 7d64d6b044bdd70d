package org.cdevgate.gate.stress.model;

import java.util.Set;
import org.jetbrains.lincheck.jvm.agent.LincheckInstrumentation;

/**
 * The JDK's collections and helpers, which are not under test: each of their methods runs in one
 * go. Those that block are not among them, nor are locks and atomics, which Lincheck knows.
 */
final class JdkCollections {
    private JdkCollections() {}

    static boolean contains(String className) {
        if (!className.startsWith("java.util.")) {
            return false;
        }
        if (className.startsWith("java.util.concurrent.")) {
            return className.startsWith("java.util.concurrent.ConcurrentHashMap")
                    || className.startsWith("java.util.concurrent.ConcurrentLinkedQueue")
                    || className.startsWith("java.util.concurrent.CopyOnWriteArray")
                    || className.equals("java.util.concurrent.ConcurrentMap")
                    || className.equals("java.util.concurrent.ThreadLocalRandom")
                    || className.equals("java.util.concurrent.TimeUnit")
                    || className.equals("java.util.concurrent.atomic.LongAdder")
                    || className.startsWith("java.util.concurrent.atomic.Striped64");
        }
        return !className.startsWith("java.util.function.");
    }

    /**
     * Keeps Lincheck from changing them, by telling it that it did: its own code uses them too, and
     * takes twice as long when they are changed. To be called each time when it is installed.
     */
    static void leaveUnchanged() {
        LincheckInstrumentation lincheck = LincheckInstrumentation.INSTANCE;
        Set<String> changed = lincheck.getInstrumentedClasses();
        for (Class<?> each : lincheck.getInstrumentation().getAllLoadedClasses()) {
            if (contains(each.getName())) {
                changed.add(each.getName());
            }
        }
    }
}
