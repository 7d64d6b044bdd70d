package org.cdevgate.drivers;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.WaitQueue;

/**
 * What {@link I2cAdapter} drives: two wires and the chips on them, simulated byte by byte. Three
 * kinds of chip are here, with the registers of their data sheets: an EEPROM, a thermometer, and a
 * hygrometer that stretches the clock while it measures.
 */
public final class I2cBus {
    private static final int ADDRESS_BITS = 7;

    private final Map<Integer, Chip> chips = new ConcurrentHashMap<>();

    /** What chips do with the clock line. */
    public interface Clock {
        /**
         * Holds the clock low until a condition holds, so that the whole bus waits.
         *
         * @param queue woken when that may be so
         * @throws ErrnoException ETIMEDOUT if nobody waits that long; what ends a sleeping call
         */
        void stretch(WaitQueue queue, BooleanSupplier condition) throws ErrnoException;
    }

    /** A chip; the bus calls it for one transfer at a time. */
    public interface Chip {
        /** Its address came after a start or a repeated start, and it has acknowledged it. */
        void start();

        /** A byte for it. */
        void write(byte value);

        /** The next byte of it. */
        byte read(Clock clock) throws ErrnoException;
    }

    /**
     * One message of a transfer (struct i2c_msg).
     *
     * @param address of 7 bits
     * @param read whether the chip sends
     * @param data all of it, from index 0 to the limit, is sent or received
     */
    record Message(int address, boolean read, ByteBuffer data) {}

    /**
     * Solders a chip to the bus.
     *
     * @param address 0 to 0x7f
     * @throws IllegalArgumentException if the address is none or another chip has it
     */
    public I2cBus attach(int address, Chip chip) {
        if (address >>> ADDRESS_BITS != 0) {
            throw new IllegalArgumentException(
                    "address " + Integer.toHexString(address) + " (hex); the bus has 0 to 7f");
        }
        if (chips.putIfAbsent(address, chip) != null) {
            throw new IllegalArgumentException(
                    "address "
                            + Integer.toHexString(address)
                            + " (hex) is another chip's; give this one an address of its own");
        }
        return this;
    }

    /**
     * Runs messages with a repeated start between them; one caller at a time.
     *
     * @throws ErrnoException ENXIO if no chip acknowledges an address; the rest is not sent then
     */
    void transfer(List<Message> messages, Clock clock) throws ErrnoException {
        for (Message each : messages) {
            Chip chip = chips.get(each.address());
            if (chip == null) {
                throw Errno.ENXIO.exception();
            }
            chip.start();
            for (int i = 0; i < each.data().limit(); i++) {
                if (each.read()) {
                    each.data().put(i, chip.read(clock));
                } else {
                    chip.write(each.data().get(i));
                }
            }
        }
    }

    /**
     * A 24C02: 256 bytes behind an address pointer, which the first byte of a write sets and each
     * further byte moves on. Writing it wraps inside a page of 8 bytes, reading at the end.
     */
    public static final class Eeprom implements Chip {
        private static final int PAGE_MASK = 7;

        private final byte[] cells = new byte[256];
        private int cell;
        private boolean started;

        @Override
        public void start() {
            started = true;
        }

        @Override
        public void write(byte value) {
            if (started) {
                cell = Byte.toUnsignedInt(value);
                started = false;
            } else {
                cells[cell] = value;
                cell = (cell & ~PAGE_MASK) | ((cell + 1) & PAGE_MASK);
            }
        }

        @Override
        public byte read(Clock clock) {
            byte value = cells[cell];
            cell = (cell + 1) % cells.length;
            return value;
        }
    }

    /**
     * An LM75: the temperature (register 0), a configuration of 8 bits (1) and two limits (2, 3),
     * high byte first; the first byte of a write selects the register. After the last byte of a
     * register comes its first again.
     */
    public static final class Thermometer implements Chip {
        private static final int TEMPERATURE = 0;
        private static final int CONFIGURATION = 1;

        private final byte[][] registers = {{25, 0}, {0}, {75, 0}, {80, 0}};
        private int selected;
        private int next;
        private boolean started;

        @Override
        public void start() {
            started = true;
            next = 0;
        }

        @Override
        public void write(byte value) {
            if (started) {
                selected = value & 3;
                started = false;
            } else if (selected != TEMPERATURE) {
                registers[selected][next] = value;
                advance();
            }
        }

        @Override
        public byte read(Clock clock) {
            byte value = registers[selected][next];
            advance();
            return value;
        }

        private void advance() {
            next = selected == CONFIGURATION ? 0 : 1 - next;
        }
    }

    /**
     * As an Si7021 in "hold master mode": a write of {@link #MEASURE} starts a measurement, and the
     * read that follows holds the clock until {@link #measured}. Any other read gives 0xff.
     */
    public static final class Hygrometer implements Chip {
        /** The command. */
        public static final int MEASURE = 0xe5;

        private static final int NONE = -1;

        private final WaitQueue ready = new WaitQueue("measurement");
        private boolean measuring;
        private int next;
        private volatile int result = NONE;

        @Override
        public void start() {
            next = 0;
        }

        @Override
        public void write(byte value) {
            measuring = Byte.toUnsignedInt(value) == MEASURE;
            if (measuring) {
                result = NONE;
            }
        }

        @Override
        public byte read(Clock clock) throws ErrnoException {
            if (!measuring || next == Short.BYTES) {
                return (byte) 0xff;
            }
            clock.stretch(ready, () -> result != NONE);
            return (byte) (next++ == 0 ? result >> Byte.SIZE : result);
        }

        /**
         * The measurement under way is done.
         *
         * @param code what the chip answers, 0 to 0xffff; the high byte first
         */
        public void measured(int code) {
            result = code & 0xffff;
            ready.wakeUp();
        }
    }
}
