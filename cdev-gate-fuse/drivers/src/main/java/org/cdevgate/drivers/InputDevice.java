package org.cdevgate.drivers;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.IoctlCommand;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;

/**
 * A keyboard, mouse or gamepad, as evtest and others find it at /dev/input/event0. The contract is
 * linux/input.h, and what drivers/input/evdev.c makes of it: each open file has a queue of its own,
 * readers see whole packets only (events up to a SYN_REPORT), and when a queue overruns all of it
 * gives way to a SYN_DROPPED and what comes after. The hardware's side is {@link #report}, {@link
 * #sync} and, before the removal, {@link #releaseKeys}.
 *
 * <p>Not served are writes (to light an LED), the choice of a clock for the events' times, key
 * maps, event masks, multitouch slots, force feedback and autorepeat; and 32-bit programs, whose
 * struct input_event is shorter. Over FUSE no process can grab the device: EVIOCGRAB passes a
 * number where its encoding promises a pointer, so the kernel answers EFAULT and asks nobody.
 * evtest takes that for a grab by somebody else, and says so.
 */
public final class InputDevice implements FileOperations {
    /** Types of events. Codes of each stand in linux/input-event-codes.h. */
    public static final int EV_SYN = 0x00;

    public static final int EV_KEY = 0x01;
    public static final int EV_REL = 0x02;
    public static final int EV_ABS = 0x03;
    public static final int EV_MSC = 0x04;
    public static final int EV_SW = 0x05;

    /** Bytes of a struct input_event: two longs of time, then type, code and value. */
    public static final int EVENT_BYTES = 24;

    private static final int SYN_REPORT = 0; // the end of a packet
    private static final int SYN_DROPPED = 3; // events were lost

    private static final int GET_VERSION = IoctlCommand.ior('E', 0x01, Integer.BYTES);
    private static final int GET_ID = IoctlCommand.ior('E', 0x02, 4 * Short.BYTES);
    private static final int GET_REPEAT = IoctlCommand.ior('E', 0x03, 2 * Integer.BYTES);
    private static final int GET_AXIS = 0x40; // the number of EVIOCGABS(0)

    // The highest code of each type, by which its bitmap is measured; of EV_SYN, the highest type.
    private static final int[] HIGHEST = {0x1F, 0x2FF, 0x0F, 0x3F, 0x07, 0x10};

    private final String name;
    private final int[] id;

    // Guarded by this, as are the clients.
    private final BitSet[] codes = new BitSet[HIGHEST.length]; // by type; of EV_SYN the types
    private final BitSet keysHeld = new BitSet();
    private final BitSet switchesOn = new BitSet();
    private final Map<Integer, int[]> axes = new HashMap<>(); // value, minimum, maximum
    private final List<Client> clients = new ArrayList<>();
    private long packetTime; // microseconds since 1970, the same for a packet's events; 0 between

    /**
     * A device that has no keys yet.
     *
     * @param name for people
     * @param bus 3 for USB (BUS_ of linux/input.h); then as in struct input_id
     */
    public InputDevice(String name, int bus, int vendor, int product, int version) {
        this.name = name;
        this.id = new int[] {bus, vendor, product, version};
        Arrays.setAll(codes, type -> new BitSet());
        codes[EV_SYN].set(EV_SYN);
    }

    /** Gives it keys, switches or wheels. To be called before it is registered. */
    public synchronized InputDevice with(int type, int... supported) {
        for (int code : supported) {
            if (type < EV_KEY || type > EV_SW || code < 0 || code > HIGHEST[type]) {
                throw new IllegalArgumentException(
                        "no event has type %d and code %d; see linux/input-event-codes.h"
                                .formatted(type, code));
            }
            codes[EV_SYN].set(type);
            codes[type].set(code);
            if (type == EV_ABS) {
                axes.putIfAbsent(code, new int[3]);
            }
        }
        return this;
    }

    /** Gives it an axis, which stands in the middle. To be called before it is registered. */
    public synchronized InputDevice withAxis(int code, int minimum, int maximum) {
        if (minimum > maximum) {
            throw new IllegalArgumentException(
                    "axis %d from %d to %d; the first must not be the greater one"
                            .formatted(code, minimum, maximum));
        }
        with(EV_ABS, code);
        axes.put(code, new int[] {(int) (((long) minimum + maximum) / 2), minimum, maximum});
        return this;
    }

    /**
     * Something happened to the device: input_event() of linux/input.h. What changes nothing, such
     * as a press of a key that is held, is no event. Readers get it with the next {@link #sync}.
     *
     * @param value of a key 1 pressed, 0 released, 2 repeated; of an axis its position
     * @throws IllegalArgumentException if the device was not made with this type and code
     */
    public synchronized void report(int type, int code, int value) {
        if (type < EV_KEY || type > EV_SW || code < 0 || !codes[type].get(code)) {
            throw new IllegalArgumentException(
                    "%s has no events of type %d and code %d; give it some by with() or withAxis()"
                            .formatted(name, type, code));
        }
        if (isNews(type, code, value)) {
            pass(type, code, value);
        }
    }

    /** Ends a packet of events that happened together: input_sync(). */
    public synchronized void sync() {
        pass(EV_SYN, SYN_REPORT, 0);
    }

    /**
     * Releases all keys that are held. The kernel does that first when a device goes; call it
     * before the removal. As there, the events reach who reads before the removal has begun, and
     * are lost with all other unread ones for who is later.
     */
    public synchronized void releaseKeys() {
        for (int code : keysHeld.stream().toArray()) {
            report(EV_KEY, code, 0);
        }
        sync();
    }

    private boolean isNews(int type, int code, int value) {
        return switch (type) {
            case EV_REL -> value != 0;
            case EV_ABS -> {
                int[] axis = Objects.requireNonNull(axes.get(code)); // report has checked
                int before = axis[0];
                axis[0] = value;
                yield value != before;
            }
            case EV_KEY -> value == 2 || flips(keysHeld, code, value != 0);
            case EV_SW -> flips(switchesOn, code, value != 0);
            default -> true;
        };
    }

    private static boolean flips(BitSet state, int code, boolean now) {
        boolean was = state.get(code);
        state.set(code, now);
        return was != now;
    }

    private void pass(int type, int code, int value) {
        if (packetTime == 0) {
            packetTime = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
        }
        Event event = new Event(packetTime, type, code, value);
        clients.forEach(each -> each.add(event));
        if (event.endsPacket()) {
            packetTime = 0;
        }
    }

    private record Event(long micros, int type, int code, int value) {
        boolean endsPacket() {
            return type == EV_SYN && code == SYN_REPORT;
        }

        void put(ByteBuffer dst) {
            dst.putLong(micros / 1_000_000).putLong(micros % 1_000_000);
            dst.putShort((short) type).putShort((short) code).putInt(value);
        }
    }

    /** An open file. Guarded by the device. */
    private static final class Client {
        final WaitQueue readable = new WaitQueue("input events");
        private final int most; // one less than the kernel's ring, which is never full
        private final Deque<Event> events = new ArrayDeque<>();
        private int unfinished; // events at the end whose packet goes on

        Client(int most) {
            this.most = most;
        }

        int readable() {
            return events.size() - unfinished;
        }

        void add(Event event) {
            if (event.endsPacket() && unfinished == 0) {
                return; // an empty packet is none
            }
            if (events.size() == most) {
                events.clear();
                events.add(new Event(event.micros, EV_SYN, SYN_DROPPED, 0));
                unfinished = 1;
            }
            events.add(event);
            unfinished++;
            if (event.endsPacket()) {
                unfinished = 0;
                readable.wakeUp();
            }
        }

        /** Takes out what a state that the process has just been given makes old. */
        void forget(int type) {
            List<Event> all = List.copyOf(events);
            events.clear();
            unfinished = 0;
            for (Event each : all) {
                boolean emptied = each.endsPacket() && unfinished == 0 && !events.isEmpty();
                if (each.type != type && !emptied) {
                    events.add(each);
                    unfinished = each.endsPacket() ? 0 : unfinished + 1;
                }
            }
        }
    }

    @Override
    public synchronized int open(OpenFile file, Call call) {
        // Eight packets in which each axis moves and seven other things happen, a power of two.
        int moves = codes[EV_ABS].cardinality() + codes[EV_REL].cardinality();
        int events = 8 * (moves + 8);
        Client client = new Client((Integer.highestOneBit(events - 1) << 1) - 1);
        file.setPrivateData(client, this::detach);
        clients.add(client);
        return 0;
    }

    private static Client client(OpenFile file) {
        return Objects.requireNonNull(file.privateData(Client.class));
    }

    private synchronized void detach(Client client) {
        clients.remove(client);
    }

    @Override
    public synchronized int read(OpenFile file, ByteBuffer dst, long position, Call call)
            throws ErrnoException {
        if (dst.hasRemaining() && dst.remaining() < EVENT_BYTES) {
            throw Errno.EINVAL.exception();
        }
        Client client = client(file);
        int count = Math.min(client.readable(), dst.remaining() / EVENT_BYTES);
        if (count == 0 && dst.hasRemaining()) {
            return call.wouldBlock(client.readable);
        }
        for (int i = 0; i < count; i++) {
            client.events.remove().put(dst);
        }
        return count * EVENT_BYTES;
    }

    @Override
    public synchronized int poll(OpenFile file, Call call) {
        Client client = client(file);
        call.pollWait(client.readable);
        int writable = PollEvents.POLLOUT | PollEvents.POLLWRNORM;
        return client.readable() == 0
                ? writable
                : writable | PollEvents.POLLIN | PollEvents.POLLRDNORM;
    }

    /** Unknown commands are EINVAL, as evdev has it, not ENOTTY. */
    @Override
    public synchronized int ioctl(
            OpenFile file, int command, long argument, ByteBuffer data, Call call)
            throws ErrnoException {
        Client client = client(file);
        if (command == GET_VERSION) {
            data.putInt(0, 0x010001); // EV_VERSION
        } else if (command == GET_ID) {
            for (int i = 0; i < id.length; i++) {
                data.putShort(i * Short.BYTES, (short) id[i]);
            }
        } else if (command == GET_REPEAT) {
            throw Errno.ENOSYS.exception(); // no autorepeat
        } else if (IoctlCommand.type(command) == 'E'
                && IoctlCommand.dir(command) == IoctlCommand.READ) {
            return get(client, IoctlCommand.nr(command), data);
        } else {
            throw Errno.EINVAL.exception();
        }
        return 0;
    }

    /**
     * The commands whose length the caller chooses; most return how much there was. No more than
     * that goes back: evtest asks for more than it has room for.
     */
    private int get(Client client, int number, ByteBuffer data) throws ErrnoException {
        return switch (number) {
            case 0x06 -> putName(data); // EVIOCGNAME
            case 0x07, 0x08 -> throw Errno.ENOENT.exception(); // EVIOCGPHYS, EVIOCGUNIQ
            case 0x09 -> putBits(new BitSet(), 0x1F, data); // EVIOCGPROP
            case 0x18 -> putState(client, EV_KEY, keysHeld, data); // EVIOCGKEY
            case 0x1B -> putState(client, EV_SW, switchesOn, data); // EVIOCGSW
            case 0x20, 0x21, 0x22, 0x23, 0x24, 0x25 -> // EVIOCGBIT of EV_SYN to EV_SW
                    putBits(codes[number - 0x20], HIGHEST[number - 0x20], data);
            // EVIOCGLED and EVIOCGSND; EVIOCGBIT of EV_LED and EV_SND, then of EV_FF
            case 0x19, 0x1A, 0x31, 0x32 -> putBits(new BitSet(), 0x0F, data);
            case 0x35 -> putBits(new BitSet(), 0x7F, data);
            default -> putAxis(number - GET_AXIS, data);
        };
    }

    private int putName(ByteBuffer data) {
        byte[] text = (name + "\0").getBytes(StandardCharsets.UTF_8);
        int count = Math.min(text.length, data.limit());
        data.put(0, text, 0, count).limit(count);
        return count;
    }

    private static int putState(Client client, int type, BitSet state, ByteBuffer data) {
        client.forget(type);
        return putBits(state, HIGHEST[type], data);
    }

    /** EVIOCGABS: a struct input_absinfo, whose last three fields are 0. */
    private int putAxis(int code, ByteBuffer data) throws ErrnoException {
        if (axes.isEmpty() || code < 0 || code > HIGHEST[EV_ABS]) {
            throw Errno.EINVAL.exception();
        }
        int[] axis = axes.getOrDefault(code, new int[3]);
        for (int i = 0; i < axis.length && (i + 1) * Integer.BYTES <= data.limit(); i++) {
            data.putInt(i * Integer.BYTES, axis[i]);
        }
        return 0;
    }

    /** A bitmap of longs, cut to what the caller has room for. */
    private static int putBits(BitSet bits, int highest, ByteBuffer data) {
        int longs = (highest + Long.SIZE - 1) / Long.SIZE;
        ByteBuffer all = ByteBuffer.allocate(longs * Long.BYTES).order(ByteOrder.nativeOrder());
        for (long each : bits.toLongArray()) {
            all.putLong(each);
        }
        int count = Math.min(all.capacity(), data.limit());
        data.put(0, all.array(), 0, count).limit(count);
        return count;
    }
}
