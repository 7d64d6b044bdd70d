package org.cdevgate.internal;

import java.lang.management.LockInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;

/**
 * What a thread waits for at this moment: the monitor that it wants or waits on, or what it is
 * parked for. A thread's state alone does not tell: one that loads a class or starts another thread
 * is WAITING too, long before it is where a test wants it.
 */
public final class WaitsFor {
    private WaitsFor() {}

    /** Whether it is this object. */
    public static boolean thing(Thread thread, Object wanted) {
        LockInfo lock = lockOf(thread);
        return lock != null
                && lock.getIdentityHashCode() == System.identityHashCode(wanted)
                && lock.getClassName().equals(wanted.getClass().getName());
    }

    /**
     * Whether it is one of a class, for what cannot be had itself.
     *
     * @param className binary name, as {@link Class#getName} gives it
     */
    public static boolean oneOf(Thread thread, String className) {
        LockInfo lock = lockOf(thread);
        return lock != null && lock.getClassName().equals(className);
    }

    private static LockInfo lockOf(Thread thread) {
        ThreadInfo info = ManagementFactory.getThreadMXBean().getThreadInfo(thread.getId());
        return info == null ? null : info.getLockInfo();
    }
}
