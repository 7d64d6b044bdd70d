package org.cdevgate.drivers;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import org.cdevgate.async.IrqLine;
import org.jspecify.annotations.Nullable;

/**
 * What {@link EmbeddedController} drives: a controller that takes one command at a time and has
 * events to tell, with an interrupt for an event and for a command that took long. Simulated, with
 * commands of linux/platform_data/cros_ec_commands.h: EC_CMD_HELLO, EC_CMD_GET_VERSION, and
 * reading, writing and erasing a flash memory. An erase takes until {@link #finishErase}. It
 * remembers when its port was used that had been released, which with real hardware is a use of
 * freed memory.
 */
public final class EcFirmware {
    public static final int EC_CMD_HELLO = 0x0001;
    public static final int EC_CMD_GET_VERSION = 0x0002;
    public static final int EC_CMD_FLASH_READ = 0x0011;
    public static final int EC_CMD_FLASH_WRITE = 0x0012;
    public static final int EC_CMD_FLASH_ERASE = 0x0013;

    public static final int EC_RES_SUCCESS = 0;
    public static final int EC_RES_INVALID_COMMAND = 1;
    public static final int EC_RES_INVALID_PARAM = 3;
    public static final int EC_RES_INVALID_VERSION = 6;

    /** Bytes of the flash memory. */
    public static final int FLASH_BYTES = 128 * 1024;

    private static final int HELLO_ADDEND = 0x01020304;
    private static final int VERSION_CHARS = 32; // of a version in struct ec_response_get_version
    private static final int IMAGE_RW = 2; // EC_IMAGE_RW
    private static final byte ERASED = (byte) 0xff;

    private final String version;
    private final IrqLine irq;

    // Guarded by this.
    private final byte[] flash = new byte[FLASH_BYTES];
    private final Queue<byte[]> events = new ArrayDeque<>();
    private Answer answer = only(EC_RES_SUCCESS);
    private @Nullable ByteBuffer erasing;
    private @Nullable Port inUse;
    private int lateUses;

    /**
     * A controller with an erased flash memory.
     *
     * @param version of both of its images, at most 31 characters of ASCII
     */
    public EcFirmware(String version) {
        if (version.length() >= VERSION_CHARS) {
            throw new IllegalArgumentException(
                    "version \"" + version + "\" is too long; at most 31 characters fit");
        }
        this.version = version;
        this.irq = new IrqLine("irq of " + version);
        Arrays.fill(flash, ERASED);
    }

    /**
     * What it says to a command.
     *
     * @param result one of EC_RES_*
     * @param data from index 0; empty unless the result is EC_RES_SUCCESS
     */
    public record Answer(int result, ByteBuffer data) {}

    /** How its host speaks with it, until that is released. */
    public final class Port {
        private Port() {}

        /**
         * Begins a command; it is at work on no other.
         *
         * @param parameters as the command wants them
         */
        public void send(int version, int command, ByteBuffer parameters) {
            synchronized (EcFirmware.this) {
                checkInUse();
                if (erasing != null) {
                    throw new IllegalStateException(
                            "command " + command + " while an erase is under way; wait for it");
                }
                answer = run(version, command, parameters.order(ByteOrder.nativeOrder()));
            }
        }

        /** Whether it is at work on a command. */
        public boolean isBusy() {
            synchronized (EcFirmware.this) {
                checkInUse();
                return erasing != null;
            }
        }

        /** To the last command. */
        public Answer answer() {
            synchronized (EcFirmware.this) {
                checkInUse();
                return answer;
            }
        }

        /** The next event, its type in the first byte; null if there is none. */
        public byte[] nextEvent() {
            synchronized (EcFirmware.this) {
                checkInUse();
                return events.poll();
            }
        }

        /** Gives it back. */
        public void release() {
            synchronized (EcFirmware.this) {
                inUse = null;
            }
        }

        private void checkInUse() {
            if (inUse != this) {
                lateUses++;
                throw new IllegalStateException("the port was used after it was released");
            }
        }
    }

    /** Its port, for one driver at a time. */
    public synchronized Port port() {
        Port taken = new Port();
        inUse = taken;
        return taken;
    }

    /** Raised when there is an event, and when a command that took long has ended. */
    public IrqLine irq() {
        return irq;
    }

    /**
     * Something happens, as it does whenever it likes.
     *
     * @param type 0 to 31, one of EC_MKBP_EVENT_*
     * @param data of the event
     */
    public void happen(int type, int... data) {
        byte[] event = new byte[1 + data.length];
        event[0] = (byte) type;
        for (int i = 0; i < data.length; i++) {
            event[1 + i] = (byte) data[i];
        }
        synchronized (this) {
            events.add(event);
        }
        irq.raise();
    }

    /** Whether an erase is under way. */
    public synchronized boolean isErasing() {
        return erasing != null;
    }

    /** Ends the erase that is under way. */
    public void finishErase() {
        synchronized (this) {
            if (erasing == null) {
                throw new IllegalStateException("no erase is under way");
            }
            answer = only(EC_RES_SUCCESS);
            while (erasing.hasRemaining()) {
                erasing.put(ERASED);
            }
            erasing = null;
        }
        irq.raise();
    }

    /** How often its port was used that had been released: 0 with a driver that is in order. */
    public synchronized int lateUses() {
        return lateUses;
    }

    private Answer run(int versionOfCommand, int command, ByteBuffer parameters) {
        if (versionOfCommand != 0) {
            return only(EC_RES_INVALID_VERSION);
        }
        return switch (command) {
            case EC_CMD_HELLO -> hello(parameters);
            case EC_CMD_GET_VERSION -> version();
            case EC_CMD_FLASH_READ -> {
                ByteBuffer part = part(parameters);
                yield part == null || parameters.hasRemaining() ? invalid() : read(part);
            }
            case EC_CMD_FLASH_WRITE -> {
                ByteBuffer part = part(parameters);
                yield part == null || parameters.remaining() != part.remaining()
                        ? invalid()
                        : write(part, parameters);
            }
            case EC_CMD_FLASH_ERASE -> {
                erasing = part(parameters);
                yield erasing == null ? invalid() : only(EC_RES_SUCCESS);
            }
            default -> only(EC_RES_INVALID_COMMAND);
        };
    }

    private static Answer only(int result) {
        return new Answer(result, struct(0));
    }

    private static Answer invalid() {
        return only(EC_RES_INVALID_PARAM);
    }

    private static ByteBuffer struct(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
    }

    private static Answer hello(ByteBuffer parameters) {
        if (parameters.remaining() != Integer.BYTES) {
            return invalid();
        }
        int said = parameters.getInt() + HELLO_ADDEND;
        return new Answer(EC_RES_SUCCESS, struct(Integer.BYTES).putInt(0, said));
    }

    /** A struct ec_response_get_version. */
    private Answer version() {
        ByteBuffer response = struct(3 * VERSION_CHARS + Integer.BYTES);
        byte[] text = version.getBytes(StandardCharsets.US_ASCII);
        response.put(0, text).put(VERSION_CHARS, text).putInt(3 * VERSION_CHARS, IMAGE_RW);
        return new Answer(EC_RES_SUCCESS, response);
    }

    /** What offset and size at the beginning of the parameters say, null if there is no such. */
    private @Nullable ByteBuffer part(ByteBuffer parameters) {
        if (parameters.remaining() < 2 * Integer.BYTES) {
            return null;
        }
        long offset = Integer.toUnsignedLong(parameters.getInt());
        long size = Integer.toUnsignedLong(parameters.getInt());
        return offset + size > FLASH_BYTES
                ? null
                : ByteBuffer.wrap(flash, (int) offset, (int) size);
    }

    private static Answer read(ByteBuffer part) {
        return new Answer(EC_RES_SUCCESS, struct(part.remaining()).put(part).flip());
    }

    private static Answer write(ByteBuffer part, ByteBuffer data) {
        part.put(data);
        return only(EC_RES_SUCCESS);
    }
}
