package org.cdevgate.gate.stress;

/**
 * Memory that is in nobody's cache. A processor keeps writes to it in its store buffer for a while,
 * and later writes, which other processors see in order, wait behind them.
 */
final class FarMemory {
    private static final int LINE = 64;
    private static final int LINES = 1 << 20;
    private static final int WRITES = 40; // store buffers have 40 to 70 entries

    private static final byte[] MEMORY = new byte[LINE * LINES];

    private FarMemory() {}

    /** Writes to many lines, others for each object. */
    static void write(Object seed) {
        int line = System.identityHashCode(seed);
        for (int i = 0; i < WRITES; i++) {
            line = line * 1_103_515_245 + 12_345;
            MEMORY[(line >>> 8 & LINES - 1) * LINE]++;
        }
    }
}
