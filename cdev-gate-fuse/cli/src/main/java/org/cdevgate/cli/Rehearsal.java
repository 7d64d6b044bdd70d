package org.cdevgate.cli;

/**
 * Loads what a run needs, for a JVM that keeps what it has read of the classes: the launcher runs
 * it once on each Java.
 */
public final class Rehearsal {
    private Rehearsal() {}

    /** Where no device can be mounted, what was loaded until then is kept. */
    public static void main(String[] args) {
        Main.run("kinds");
        Main.run("run", "--device", "d0=zero", "--unplug", "at-call=2", "--", "cat", "/dev/d0");
        System.exit(0);
    }
}
