package org.cdevgate.examples.cycles;

/** What differed from the contract: each is printed, the first few in full, all are counted. */
final class Violations {
    private static final int PRINTED = 50;

    private int count;

    synchronized void add(String what) {
        if (++count <= PRINTED) {
            System.out.println("violation: " + what);
        }
    }

    void unless(boolean holds, String what) {
        if (!holds) {
            add(what);
        }
    }

    synchronized int count() {
        return count;
    }
}
