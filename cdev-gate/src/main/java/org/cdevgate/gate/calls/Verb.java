package org.cdevgate.gate.calls;

/**
 * What a call in flight executes: one of the verbs of {@link org.cdevgate.gate.FileOperations}, or
 * one of the other ways in which code runs inside a gate.
 */
public enum Verb {
    /** {@link org.cdevgate.gate.FileOperations#open}. */
    OPEN(Kind.OF_CALLER, Sleep.BLOCKS, Result.ZERO, Gone.FAILS),
    /** {@link org.cdevgate.gate.FileOperations#release}, or the destructor of per-open data. */
    RELEASE(Kind.OF_CALLER, Sleep.PARKS, Result.NONE, Gone.UNSEEN),
    /** {@link org.cdevgate.gate.FileOperations#flush}. */
    FLUSH(Kind.OF_CALLER, Sleep.BLOCKS, Result.ZERO, Gone.ZERO),
    /** {@link org.cdevgate.gate.FileOperations#read}. */
    READ(Kind.OF_CALLER, Sleep.BLOCKS, Result.BYTES, Gone.ZERO),
    /** {@link org.cdevgate.gate.FileOperations#write}. */
    WRITE(Kind.OF_CALLER, Sleep.BLOCKS, Result.BYTES, Gone.ANY),
    /** {@link org.cdevgate.gate.FileOperations#llseek}. */
    LLSEEK(Kind.OF_CALLER, Sleep.PARKS, Result.POSITION, Gone.ANY),
    /** {@link org.cdevgate.gate.FileOperations#ioctl}. */
    IOCTL(Kind.OF_CALLER, Sleep.BLOCKS, Result.NUMBER, Gone.ANY),
    /** {@link org.cdevgate.gate.FileOperations#poll}. */
    POLL(Kind.OF_CALLER, Sleep.NEVER, Result.EVENTS, Gone.UNSEEN),
    /** {@link org.cdevgate.gate.FileOperations#mmap}. */
    MMAP(Kind.OF_CALLER, Sleep.BLOCKS, Result.ZERO, Gone.FAILS),
    /** {@link org.cdevgate.gate.FileOperations#fsync}. */
    FSYNC(Kind.OF_CALLER, Sleep.BLOCKS, Result.ZERO, Gone.ZERO),
    /** Code that entered by {@link org.cdevgate.gate.FopsGate#enter()}, not by an operation. */
    ENTERED(Kind.OF_CALLER, Sleep.PARKS, Result.NONE, Gone.UNSEEN),
    /** Work that goes on beyond its call, see {@link org.cdevgate.gate.Hold}. */
    HOLD(Kind.OF_REMOVAL, Sleep.PARKS, Result.NONE, Gone.UNSEEN),
    /** The driver's wake hook. */
    WAKE_HOOK(Kind.OF_REMOVAL, Sleep.PARKS, Result.NONE, Gone.UNSEEN),
    /** A callback of {@link org.cdevgate.gate.Call#onCancel}. */
    CANCEL(Kind.OF_REMOVAL, Sleep.PARKS, Result.NONE, Gone.UNSEEN),
    /** A teardown callback or a removal listener, on the remover. */
    TEARDOWN(Kind.OF_REMOVAL, Sleep.PARKS, Result.NONE, Gone.UNSEEN);

    private enum Kind {
        OF_CALLER,
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

    private enum Result {
        /** Nobody gets one. */
        NONE,
        ZERO,
        /** As many bytes as were asked for at most. */
        BYTES,
        /** Any number of 0 or more. */
        NUMBER,
        /** A long of 0 or more. */
        POSITION,
        /** Events of poll(2); it cannot fail. */
        EVENTS
    }

    /** How a removal may have it succeed. */
    private enum Gone {
        /** Its caller gets no result, or events. */
        UNSEEN,
        /** With an errno only. */
        FAILS,
        ZERO,
        ANY
    }

    private static final Verb[] VALUES = values();

    /** How many there are. */
    public static final int COUNT = VALUES.length;

    private final Kind kind;
    private final Sleep sleep;
    private final Result result;
    private final Gone gone;

    Verb(Kind kind, Sleep sleep, Result result, Gone gone) {
        this.kind = kind;
        this.sleep = sleep;
        this.result = result;
        this.gone = gone;
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

    /** Whether its caller can get an errno; poll answers events, release nothing. */
    public boolean mayFail() {
        return result != Result.NONE && result != Result.EVENTS;
    }

    /** Whether its result is a number of bytes, by which a position advances. */
    public boolean movesData() {
        return result == Result.BYTES;
    }

    /**
     * The highest result that a driver may give; the lowest is 0.
     *
     * @param asked how many bytes of data the call has
     */
    public int mostResult(int asked) {
        return result == Result.BYTES ? asked : result == Result.NUMBER ? Integer.MAX_VALUE : 0;
    }

    /**
     * The highest result that a removal may answer in place of an errno; negative if it has to
     * fail, or has no result.
     */
    public int mostResultWhenGone() {
        return gone == Gone.ANY ? Integer.MAX_VALUE : gone == Gone.ZERO ? 0 : -1;
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
