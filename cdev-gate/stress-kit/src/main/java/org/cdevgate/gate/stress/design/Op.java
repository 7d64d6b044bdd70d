package org.cdevgate.gate.stress.design;

import java.util.Locale;

/** The operations of an open file that a model may have, beside close. */
public enum Op {
    /** read(2). */
    READ,
    /** write(2). */
    WRITE,
    /** ioctl(2). */
    IOCTL,
    /** poll(2). */
    POLL;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
