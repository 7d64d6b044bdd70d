package org.cdevgate.drivers;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.IoctlCommand;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.cdev.MiscDevices;
import org.cdevgate.device.BoundDevice;
import org.cdevgate.device.Device;
import org.cdevgate.device.Driver;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.UnreadQueue;
import org.cdevgate.gate.WaitQueue;
import org.cdevgate.revocable.Revocable;

/**
 * The driver of a GPIO adapter that can be unplugged: processes ask for lines and read how they
 * change. An example of all that a removal touches: an interrupt, registers, sleepers, state per
 * open file. Nothing in here is about removal; what a call needs is there as long as the call.
 *
 * <p>The node speaks linux/gpio.h as far as that is possible: GPIO_GET_CHIPINFO_IOCTL,
 * GPIO_V2_GET_LINEINFO_IOCTL, GPIO_V2_LINE_GET_VALUES_IOCTL, and struct gpio_v2_line_event by read.
 * The kernel's line request makes a descriptor of its own, which a node cannot; here {@link
 * #REQUEST_LINES} gives lines to the file that is open already.
 */
public final class GpioAdapter implements Driver {
    /** GPIO_GET_CHIPINFO_IOCTL: struct gpiochip_info. */
    public static final int CHIP_INFO = IoctlCommand.ior(0xB4, 0x01, 68);

    /** GPIO_V2_GET_LINEINFO_IOCTL: struct gpio_v2_line_info. */
    public static final int LINE_INFO = IoctlCommand.iowr(0xB4, 0x05, 256);

    /**
     * GPIO_V2_LINE_GET_VALUES_IOCTL: struct gpio_v2_line_values, of lines of this file; bits are
     * offsets on the chip, as with {@link #REQUEST_LINES}.
     */
    public static final int GET_VALUES = IoctlCommand.iowr(0xB4, 0x0E, 16);

    /**
     * {@code _IOW(0xB4, 0x40, __u64)}: the lines of this file from now on, line 0 in bit 0, in
     * place of those that it had. EBUSY if another file has one of them, EINVAL if there is no such
     * line.
     */
    public static final int REQUEST_LINES = IoctlCommand.iow(0xB4, 0x40, Long.BYTES);

    /** Bytes of a struct gpio_v2_line_event. */
    public static final int EVENT_BYTES = 48;

    private static final int NAME_BYTES = 32; // GPIO_MAX_NAME_SIZE
    private static final int UNREAD_EVENTS = 64; // of a file; the kernel keeps 16 for each line
    private static final int FLAG_USED = 1; // GPIO_V2_LINE_FLAG_*
    private static final int FLAG_INPUT = 1 << 2;
    private static final int EVENT_RISING_EDGE = 1; // GPIO_V2_LINE_EVENT_*
    private static final int EVENT_FALLING_EDGE = 2;

    private final MiscDevices nodes;

    /** Publishes each adapter among these, by the name of its device. */
    public GpioAdapter(MiscDevices nodes) {
        this.nodes = nodes;
    }

    @Override
    public String name() {
        return "gpio-adapter";
    }

    @Override
    public boolean matches(Device device) {
        return device.data(Object.class) instanceof GpioHardware;
    }

    /** What is acquired last goes first: the node, then the interrupt, then the registers. */
    @Override
    public void probe(BoundDevice bound) {
        Device device = bound.device();
        GpioHardware hardware =
                Objects.requireNonNull(device.data(GpioHardware.class)); // see matches
        Revocable<GpioHardware.Registers> registers =
                Revocable.managed(
                        "registers", bound, hardware.map(), GpioHardware.Registers::unmap);
        Chip chip = new Chip(device.name(), hardware, call -> registers.access(device.bound(call)));
        hardware.irq().request(bound, proof -> chip.interrupt(registers.access(proof)));
        nodes.register(bound, device.name(), 0600, chip);
    }

    /** One open file: its lines, and what happened to them. */
    private static final class Request {
        final UnreadQueue events = UnreadQueue.ofRecords(UNREAD_EVENTS);
        final WaitQueue happened = new WaitQueue("line events");
        volatile long lines;

        // Of the interrupt handler, which the chip's lock lets in once at a time.
        private final int[] sequences = new int[Long.SIZE];
        private int sequence;

        void add(long time, int line, boolean rising) {
            ByteBuffer event = ByteBuffer.allocate(EVENT_BYTES).order(ByteOrder.nativeOrder());
            event.putLong(time)
                    .putInt(rising ? EVENT_RISING_EDGE : EVENT_FALLING_EDGE)
                    .putInt(line)
                    .putInt(++sequence)
                    .putInt(++sequences[line]);
            if (events.put(event.rewind()) == 0) {
                events.take(
                        ByteBuffer.allocate(EVENT_BYTES)); // as in the kernel the oldest is lost
                events.put(event);
            }
        }
    }

    /** What the node of an adapter does. */
    public static final class Chip implements FileOperations {
        /** How a call gets at the registers. */
        @FunctionalInterface
        private interface Access {
            GpioHardware.Registers of(Call call);
        }

        private final String name;
        private final String label;
        private final int lines;
        private final Access access;
        private final List<Request> requests = new CopyOnWriteArrayList<>();

        private Chip(String name, GpioHardware hardware, Access access) {
            this.name = name;
            label = hardware.label();
            lines = hardware.lines();
            this.access = access;
        }

        /**
         * The driver of a chip that is on no bus, for one gate after the other. Who changes a line
         * calls {@link #interrupt} with the same registers.
         *
         * @param name that processes see
         * @param registers stay mapped as long as there are calls
         */
        public static Chip withoutBus(
                String name, GpioHardware hardware, GpioHardware.Registers registers) {
            return new Chip(name, hardware, call -> registers);
        }

        /** The bits of all lines. */
        private long all() {
            return -1L >>> (Long.SIZE - lines);
        }

        /**
         * Runs whenever lines change, also while the adapter is unplugged, but not after.
         *
         * @return whether one has changed
         */
        public synchronized boolean interrupt(GpioHardware.Registers now) {
            long changed = now.takeEdges();
            long levels = now.levels();
            long time = System.nanoTime();
            for (Request each : requests) {
                long mine = changed & each.lines;
                for (long left = mine; left != 0; left &= left - 1) {
                    int line = Long.numberOfTrailingZeros(left);
                    each.add(time, line, (levels >> line & 1) != 0);
                }
                if (mine != 0) {
                    each.happened.wakeUp();
                }
            }
            return changed != 0;
        }

        @Override
        public int open(OpenFile file, Call call) {
            Request request = new Request();
            file.setPrivateData(request, requests::remove); // and its lines with it
            requests.add(request);
            return 0;
        }

        private static Request request(OpenFile file) {
            return Objects.requireNonNull(file.privateData(Request.class));
        }

        @Override
        public int read(OpenFile file, ByteBuffer dst, long position, Call call)
                throws ErrnoException {
            if (dst.remaining() < EVENT_BYTES) {
                throw Errno.EINVAL.exception();
            }
            Request request = request(file);
            int count = request.events.take(dst);
            return count > 0 ? count : call.wouldBlock(request.happened);
        }

        @Override
        public int poll(OpenFile file, Call call) {
            Request request = request(file);
            call.pollWait(request.happened);
            return request.events.isEmpty() ? 0 : PollEvents.POLLIN | PollEvents.POLLRDNORM;
        }

        @Override
        public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call)
                throws ErrnoException {
            if (command == CHIP_INFO) {
                putName(data, 0, name);
                putName(data, NAME_BYTES, label);
                data.putInt(2 * NAME_BYTES, lines);
            } else if (command == LINE_INFO) {
                lineInfo(data);
            } else if (command == REQUEST_LINES) {
                request(request(file), data.getLong(0));
            } else if (command == GET_VALUES) {
                long mask = data.getLong(Long.BYTES);
                if (mask == 0 || (mask & ~request(file).lines) != 0) {
                    throw Errno.EINVAL.exception();
                }
                data.putLong(0, access.of(call).levels() & mask);
            } else {
                throw Errno.ENOTTY.exception();
            }
            return 0;
        }

        private void lineInfo(ByteBuffer data) throws ErrnoException {
            int line = data.getInt(2 * NAME_BYTES);
            if (line < 0 || line >= lines) { // an __u32 in C
                throw Errno.EINVAL.exception();
            }
            boolean used = requests.stream().anyMatch(each -> (each.lines >> line & 1) != 0);
            putName(data, 0, "line " + line);
            putName(data, NAME_BYTES, used ? "a process" : "");
            data.putInt(2 * NAME_BYTES + 4, 0); // no attributes
            data.putLong(2 * NAME_BYTES + 8, FLAG_INPUT | (used ? FLAG_USED : 0));
        }

        private synchronized void request(Request request, long wanted) throws ErrnoException {
            if ((wanted & ~all()) != 0) {
                throw Errno.EINVAL.exception();
            }
            for (Request each : requests) {
                if (each != request && (each.lines & wanted) != 0) {
                    throw Errno.EBUSY.exception();
                }
            }
            request.lines = wanted;
        }

        private static void putName(ByteBuffer data, int at, String name) {
            byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
            data.put(at, Arrays.copyOf(Arrays.copyOf(bytes, NAME_BYTES - 1), NAME_BYTES));
        }
    }
}
