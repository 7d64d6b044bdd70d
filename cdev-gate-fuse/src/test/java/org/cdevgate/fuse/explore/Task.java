package org.cdevgate.fuse.explore;

import java.util.function.BooleanSupplier;

/** A thread of a run: what it waits for, and its part of what the JDK keeps of each thread. */
final class Task {
    /** No time limit. */
    static final long NEVER = Long.MAX_VALUE;

    final World world;
    final Thread thread;
    final int number;

    // Of the running task, whichever that is: one runs at a time.
    BooleanSupplier ready; // null: it waits for nothing
    String waitsFor = "";
    long deadline = NEVER;
    boolean timedOut;
    boolean ended;
    boolean permit;
    boolean interrupted;
    int priority;

    Task(World world, Thread thread, int number) {
        this.world = world;
        this.thread = thread;
        this.number = number;
    }

    boolean isReady() {
        return !ended && (ready == null || ready.getAsBoolean());
    }

    boolean isTimed() {
        return !ended && deadline != NEVER;
    }

    @Override
    public String toString() {
        return thread.getName();
    }
}
