package org.cdevgate.internal;

/**
 * Room on the calling thread's stack for what must not be cut short by its end. A step that takes
 * something which others wait for (a sleeper off its queue, the role of a remover, a lock of a
 * driver's) first looks whether there is room, and fails before it has begun if there is none.
 *
 * <p>What comes afterwards from frames that are not deeper by more than that cannot meet a {@link
 * StackOverflowError}. Calls that may be made at any depth by the million, the verbs, have no need
 * of this: see CallFrame.
 */
public final class StackRoom {
    /** What a level takes at least, in compiled code; interpreted, it is twice that. */
    static final int BYTES_OF_A_LEVEL = 512;

    private static final int LEVELS = (8 << 10) / BYTES_OF_A_LEVEL;

    /** What linking a lambda takes, with a few of its JDK's own classes loaded on the way. */
    private static final int LEVELS_TO_LINK = 8 * LEVELS;

    private static final long[] CELLS = new long[BYTES_OF_A_LEVEL / Long.BYTES];

    private StackRoom() {}

    /**
     * Returns if there is room for some 8 KiB of frames. Costs some tenth of a microsecond, and
     * allocates nothing.
     *
     * @throws StackOverflowError if there is none; nothing has happened then
     */
    public static void require() {
        descend(LEVELS);
    }

    /**
     * {@link #require} for a step that has lambdas in it, or calls others: there is room for some
     * 64 KiB, at twice the cost. A lambda is linked with its first use, and newer JDKs remember a
     * failure of that: met at the end of one stack it would stay broken for every later call on
     * every thread.
     *
     * @throws StackOverflowError if there is none; nothing has happened then
     */
    public static void requireToLink() {
        descend(LEVELS_TO_LINK);
    }

    /**
     * A frame has its size for every path through its method, so only the last level fills it: its
     * locals have to outlive a call. They are read before that, and from memory that the call might
     * change, so they cannot be read after it instead.
     */
    static long descend(int left) {
        if (left > 0) {
            return descend(left - 1) + left;
        }
        if (left < 0) {
            return left;
        }
        long[] c = CELLS;
        long v0 = c[0];
        long v1 = c[1];
        long v2 = c[2];
        long v3 = c[3];
        long v4 = c[4];
        long v5 = c[5];
        long v6 = c[6];
        long v7 = c[7];
        long v8 = c[8];
        long v9 = c[9];
        long v10 = c[10];
        long v11 = c[11];
        long v12 = c[12];
        long v13 = c[13];
        long v14 = c[14];
        long v15 = c[15];
        long v16 = c[16];
        long v17 = c[17];
        long v18 = c[18];
        long v19 = c[19];
        long v20 = c[20];
        long v21 = c[21];
        long v22 = c[22];
        long v23 = c[23];
        long v24 = c[24];
        long v25 = c[25];
        long v26 = c[26];
        long v27 = c[27];
        long v28 = c[28];
        long v29 = c[29];
        long v30 = c[30];
        long v31 = c[31];
        long v32 = c[32];
        long v33 = c[33];
        long v34 = c[34];
        long v35 = c[35];
        long v36 = c[36];
        long v37 = c[37];
        long v38 = c[38];
        long v39 = c[39];
        long v40 = c[40];
        long v41 = c[41];
        long v42 = c[42];
        long v43 = c[43];
        long v44 = c[44];
        long v45 = c[45];
        long v46 = c[46];
        long v47 = c[47];
        long v48 = c[48];
        long v49 = c[49];
        long v50 = c[50];
        long v51 = c[51];
        long v52 = c[52];
        long v53 = c[53];
        long v54 = c[54];
        long v55 = c[55];
        long v56 = c[56];
        long v57 = c[57];
        long v58 = c[58];
        long v59 = c[59];
        long v60 = c[60];
        long v61 = c[61];
        long v62 = c[62];
        long v63 = c[63];
        long below = descend(-1);
        return below + v0 + v1 + v2 + v3 + v4 + v5 + v6 + v7 + v8 + v9 + v10 + v11 + v12 + v13 + v14
                + v15 + v16 + v17 + v18 + v19 + v20 + v21 + v22 + v23 + v24 + v25 + v26 + v27 + v28
                + v29 + v30 + v31 + v32 + v33 + v34 + v35 + v36 + v37 + v38 + v39 + v40 + v41 + v42
                + v43 + v44 + v45 + v46 + v47 + v48 + v49 + v50 + v51 + v52 + v53 + v54 + v55 + v56
                + v57 + v58 + v59 + v60 + v61 + v62 + v63;
    }
}
