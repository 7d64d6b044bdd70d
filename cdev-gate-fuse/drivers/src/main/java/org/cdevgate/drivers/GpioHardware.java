package org.cdevgate.drivers;

import org.cdevgate.async.IrqLine;

/**
 * What {@link GpioAdapter} drives: a chip with input lines that raises an interrupt when one
 * changes. Simulated; it remembers when a register was read that was not mapped, which with real
 * hardware is a bus error.
 */
public final class GpioHardware {
    private final String label;
    private final int lines;
    private final IrqLine irq;

    // Guarded by this.
    private long levels;
    private long edges;
    private boolean mapped;
    private int lateReads;

    /**
     * A chip whose lines are low.
     *
     * @param label that processes see
     * @param lines 1 to 64
     */
    public GpioHardware(String label, int lines) {
        if (lines < 1 || lines > Long.SIZE) {
            throw new IllegalArgumentException(
                    lines + " lines of " + label + "; a chip has 1 to " + Long.SIZE);
        }
        this.label = label;
        this.lines = lines;
        this.irq = new IrqLine("irq of " + label);
    }

    /** The chip's registers while they are mapped. */
    public final class Registers {
        private Registers() {}

        /** The level of each line, line 0 in bit 0. */
        public long levels() {
            synchronized (GpioHardware.this) {
                checkMapped("levels");
                return levels;
            }
        }

        /** The lines that changed since the last time; reading it clears it. */
        public long takeEdges() {
            synchronized (GpioHardware.this) {
                checkMapped("edges");
                long taken = edges;
                edges = 0;
                return taken;
            }
        }

        /** Gives them back. */
        public void unmap() {
            synchronized (GpioHardware.this) {
                mapped = false;
            }
        }
    }

    private void checkMapped(String register) {
        if (!mapped) {
            lateReads++;
            throw new IllegalStateException(
                    "register " + register + " of " + label + " was read when it was not mapped");
        }
    }

    /** Makes the registers accessible until they are unmapped. */
    public synchronized Registers map() {
        mapped = true;
        return new Registers();
    }

    /** What it is called. */
    public String label() {
        return label;
    }

    /** How many lines it has. */
    public int lines() {
        return lines;
    }

    /** Raised when a line changes. */
    public IrqLine irq() {
        return irq;
    }

    /** Changes the level of a line, as the outside world does whenever it likes. */
    public void toggle(int line) {
        synchronized (this) {
            levels ^= 1L << line;
            edges |= 1L << line;
        }
        irq.raise();
    }

    /** Whether the registers are mapped. */
    public synchronized boolean isMapped() {
        return mapped;
    }

    /** How often a register was read that was not mapped: 0 with a driver that is in order. */
    public synchronized int lateReads() {
        return lateReads;
    }
}
