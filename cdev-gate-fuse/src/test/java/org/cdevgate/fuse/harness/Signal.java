package org.cdevgate.fuse.harness;

/** Signals by their numbers, which are the same on all of Linux that Java runs on. */
public enum Signal {
    INT(2),
    QUIT(3),
    BUS(7),
    KILL(9),
    USR1(10),
    USR2(12),
    TERM(15),
    CONT(18),
    STOP(19);

    private final int number;

    Signal(int number) {
        this.number = number;
    }

    /** The number, as kill(2) takes it. */
    public int number() {
        return number;
    }
}
