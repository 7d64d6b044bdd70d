package org.cdevgate.gate;

/**
 * What a call in flight executes: one of the verbs of {@link FileOperations}, or one of the other
 * ways in which code runs inside a gate.
 */
public enum Verb {
    /** {@link FileOperations#open}. */
    OPEN,
    /** {@link FileOperations#release}, or the destructor of per-open data. */
    RELEASE,
    /** {@link FileOperations#flush}. */
    FLUSH,
    /** {@link FileOperations#read}. */
    READ,
    /** {@link FileOperations#write}. */
    WRITE,
    /** {@link FileOperations#llseek}. */
    LLSEEK,
    /** {@link FileOperations#ioctl}. */
    IOCTL,
    /** {@link FileOperations#poll}. */
    POLL,
    /** {@link FileOperations#mmap}. */
    MMAP,
    /** {@link FileOperations#fsync}. */
    FSYNC,
    /** Code that entered by {@link FopsGate#enter()}, not through a file operation. */
    ENTERED,
    /** Work that goes on beyond its call, see {@link Hold}. */
    HOLD,
    /** The driver's wake hook. */
    WAKE_HOOK,
    /** A callback of {@link Call#onCancel}. */
    CANCEL,
    /** A teardown callback or a removal listener, on the remover. */
    TEARDOWN;

    private static final Verb[] VALUES = values();

    /** How many there are. */
    static final int COUNT = VALUES.length;

    /** A small number for tables within this JVM. */
    @SuppressWarnings("EnumOrdinal") // never stored or sent
    int index() {
        return ordinal();
    }

    /** The verb of an {@link #index()}. */
    static Verb of(int index) {
        return VALUES[index];
    }

    /** The name as the kernel writes it, in lower case. */
    @Override
    public String toString() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
    }
}
