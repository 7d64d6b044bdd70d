package org.cdevgate.gate.stress.workload;

import java.lang.reflect.Method;

/** Virtual threads where the JDK has them (21 and later), reached from bytecode of 17. */
final class VirtualThreads {
    private static final Method START = find();

    private VirtualThreads() {}

    private static Method find() {
        if (Runtime.version().feature() < 21) {
            return null; // 19 and 20 have it as a preview that throws
        }
        try {
            return Thread.class.getMethod("startVirtualThread", Runnable.class);
        } catch (NoSuchMethodException e) {
            throw new AssertionError("JDK 21 and later have Thread.startVirtualThread", e);
        }
    }

    static boolean exist() {
        return START != null;
    }

    static Thread start(String name, Runnable task) {
        try {
            return (Thread)
                    START.invoke(
                            null,
                            (Runnable)
                                    () -> {
                                        Thread.currentThread().setName(name);
                                        task.run();
                                    });
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot start a virtual thread", e);
        }
    }
}
