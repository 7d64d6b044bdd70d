package org.cdevgate.device.stress.twins;

import java.util.concurrent.atomic.AtomicInteger;

/** What one side frees and the other may still use. */
final class Memory {
    private final AtomicInteger frees = new AtomicInteger();
    private volatile boolean used;
    private volatile boolean usedTooLate;

    void use() {
        used = true;
        usedTooLate |= isFreed();
    }

    void free() {
        frees.incrementAndGet();
    }

    boolean isFreed() {
        return frees.get() > 0;
    }

    boolean wasUsed() {
        return used;
    }

    boolean wasUsedTooLate() {
        return usedTooLate;
    }

    /** How often it was freed; must be once in the end. */
    int frees() {
        return frees.get();
    }
}
