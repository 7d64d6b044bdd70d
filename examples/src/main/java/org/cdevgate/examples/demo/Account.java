package org.cdevgate.examples.demo;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Prints what happens with the time since the start, and keeps what differs from the contract. */
final class Account {
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final long start = System.nanoTime();
    private int violations;

    synchronized void tell(String text) {
        System.out.printf("%9.3f ms  %s%n", (System.nanoTime() - start) / 1e6, text);
    }

    void title(String text) {
        System.out.println();
        System.out.println(text);
    }

    /** Tells a fact; one that does not hold is a violation. */
    synchronized void check(boolean holds, String fact) {
        if (!holds) {
            violations++;
        }
        System.out.printf("  %-9s %s%n", holds ? "ok" : "VIOLATION", fact);
    }

    /** {@link #check} of what is to become true. */
    void checkSoon(BooleanSupplier condition, String fact) throws InterruptedException {
        check(await(condition), fact);
    }

    boolean await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + LIMIT_NANOS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline >= 0) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(1);
        }
        return true;
    }

    synchronized int violations() {
        return violations;
    }
}
