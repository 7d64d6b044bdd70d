package org.cdevgate.gate.calls;

/**
 * What a call in flight executes: one of the verbs of {@link org.cdevgate.gate.FileOperations}, or
 * one of the other ways in which code runs inside a gate.
 */
public enum Verb {
    /** {@link org.cdevgate.gate.FileOperations#open}. */
    OPEN(Kind.OPERATION, Sleep.BLOCKS),
    /** {@link org.cdevgate.gate.FileOperations#release}, or the destructor of per-open data. */
    RELEASE(Kind.OPERATION, Sleep.PARKS),
    /** {@link org.cdevgate.gate.FileOperations#flush}. */
    FLUSH(Kind.OPERATION, Sleep.BLOCKS),
    /** {@link org.cdevgate.gate.FileOperations#read}. */
    READ(Kind.OPERATION, Sleep.BLOCKS),
    /** {@link org.cdevgate.gate.FileOperations#write}. */
    WRITE(Kind.OPERATION, Sleep.BLOCKS),
    /** {@link org.cdevgate.gate.FileOperations#llseek}. */
    LLSEEK(Kind.OPERATION, Sleep.PARKS),
    /** {@link org.cdevgate.gate.FileOperations#ioctl}. */
    IOCTL(Kind.OPERATION, Sleep.BLOCKS),
    /** {@link org.cdevgate.gate.FileOperations#poll}. */
    POLL(Kind.OPERATION, Sleep.NEVER),
    /** {@link org.cdevgate.gate.FileOperations#mmap}. */
    MMAP(Kind.OPERATION, Sleep.BLOCKS),
    /** {@link org.cdevgate.gate.FileOperations#fsync}. */
    FSYNC(Kind.OPERATION, Sleep.BLOCKS),
    /** Code that entered by {@link org.cdevgate.gate.FopsGate#enter()}, not by an operation. */
    ENTERED(Kind.BY_HAND, Sleep.PARKS),
    /** Work that goes on beyond its call, see {@link org.cdevgate.gate.Hold}. */
    HOLD(Kind.OF_REMOVAL, Sleep.PARKS),
    /** The driver's wake hook. */
    WAKE_HOOK(Kind.OF_REMOVAL, Sleep.PARKS),
    /** A callback of {@link org.cdevgate.gate.Call#onCancel}. */
    CANCEL(Kind.OF_REMOVAL, Sleep.PARKS),
    /** A teardown callback or a removal listener, on the remover. */
    TEARDOWN(Kind.OF_REMOVAL, Sleep.PARKS);

    private enum Kind {
        OPERATION,
        BY_HAND,
        /** Run by a removal, or waited for by it whatever its thread may choose. */
        OF_REMOVAL
    }

    private enum Sleep {
        NEVER,
        /** Its thread may be parked. */
        PARKS,
        /** That, or its request sleeps without a thread and it is run again. */
        BLOCKS
    }

    private static final Verb[] VALUES = values();

    /** How many there are. */
    public static final int COUNT = VALUES.length;

    private final Kind kind;
    private final Sleep sleep;

    Verb(Kind kind, Sleep sleep) {
        this.kind = kind;
        this.sleep = sleep;
    }

    /** Whether it is a method of {@link org.cdevgate.gate.FileOperations}. */
    public boolean isFileOperation() {
        return kind == Kind.OPERATION;
    }

    /** Whether a removal runs it itself, or waits for it whatever its thread may choose. */
    public boolean isNeededByRemoval() {
        return kind == Kind.OF_REMOVAL;
    }

    /** Whether its thread may be parked, see {@link org.cdevgate.gate.Call#await}. */
    public boolean mayPark() {
        return sleep != Sleep.NEVER;
    }

    /**
     * Whether its request may sleep without a thread, see {@link
     * org.cdevgate.gate.Call#wouldBlock}.
     */
    public boolean mayBlock() {
        return sleep == Sleep.BLOCKS;
    }

    /** A small number for tables within this JVM. */
    @SuppressWarnings("EnumOrdinal") // never stored or sent
    public int index() {
        return ordinal();
    }

    /** The verb of an {@link #index()}. */
    public static Verb of(int index) {
        return VALUES[index];
    }

    /** The name as the kernel writes it, in lower case. */
    @Override
    public String toString() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
    }
}
