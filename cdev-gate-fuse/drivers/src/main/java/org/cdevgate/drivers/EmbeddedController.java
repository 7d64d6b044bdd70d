package org.cdevgate.drivers;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
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
import org.jspecify.annotations.Nullable;

/**
 * The driver of an embedded controller as a misc device, /dev/cros_ec: commands by ioctl, and by
 * read the version or, for who asks, events. The contract is that of drivers/platform/chrome/
 * cros_ec_chardev.c and linux/platform_data/cros_ec_chardev.h. An open file sees the events of its
 * mask, in a queue of its own; the controller works for one command at a time.
 *
 * <p>The number of {@link #CROS_EC_DEV_IOCXCMD} tells the size of the header only, a struct
 * cros_ec_command without its data, so nothing else travels with the call. The data behind it are
 * copied from and to the caller's memory: the node must be on a mount that allows that
 * (DeviceMountBuilder.callerMemory). A number that counts the data would travel on any mount, but
 * programs would have to be changed for it, and the kernel copies 16,383 bytes at most; a command
 * may have {@link #EC_MAX_MSG_BYTES}.
 *
 * <p>A call that waits for the controller can be interrupted, and with O_NONBLOCK gets EAGAIN; the
 * controller then finishes what it was sent, and nobody has the answer. In the kernel it cannot and
 * does not. Left out is CROS_EC_DEV_IOCRDMEM, ENOTTY as on a controller without mapped memory.
 */
public final class EmbeddedController implements Driver {
    /** Runs the command of a struct cros_ec_command; the result is the size of the answer. */
    public static final int CROS_EC_DEV_IOCXCMD = IoctlCommand.iowr(0xEC, 0, 20);

    /** The argument is the set of events, type 0 in bit 0, that reads of this file give. */
    public static final int CROS_EC_DEV_IOCEVENTMASK = IoctlCommand.io(0xEC, 2);

    /** Most bytes of data to or from the controller. */
    public static final int EC_MAX_MSG_BYTES = 64 * 1024;

    /** Events of 4 bytes that fit in the page of a queue in the kernel. */
    public static final int UNREAD_EVENTS = 113;

    // struct cros_ec_command: version, command, outsize, insize, result, data[]
    private static final int COMMAND = 4;
    private static final int OUT_SIZE = 8;
    private static final int IN_SIZE = 12;
    private static final int RESULT = 16;
    private static final int DATA = 20;

    private static final String INTERFACE_VERSION = "1.0.0"; // CROS_EC_DEV_VERSION
    private static final int VERSION_CHARS = 32; // of a version in struct ec_response_get_version
    private static final List<String> IMAGES =
            List.of("unknown", "read-only", "read-write", "invalid");

    private final MiscDevices nodes;

    /** Publishes each controller among these, by the name of its device. */
    public EmbeddedController(MiscDevices nodes) {
        this.nodes = nodes;
    }

    @Override
    public String name() {
        return "cros-ec-chardev";
    }

    @Override
    public boolean matches(Device device) {
        return device.data(Object.class) instanceof EcFirmware;
    }

    /** What is acquired last goes first: the node, then the interrupt, then the port. */
    @Override
    public void probe(BoundDevice bound) {
        Device device = bound.device();
        EcFirmware firmware = Objects.requireNonNull(device.data(EcFirmware.class)); // see matches
        Revocable<EcFirmware.Port> port =
                Revocable.managed("port", bound, firmware.port(), EcFirmware.Port::release);
        Chardev chardev = new Chardev(call -> port.access(device.bound(call)));
        firmware.irq().request(bound, proof -> chardev.interrupt(port.access(proof)));
        nodes.register(bound, device.name(), 0600, chardev);
    }

    /** One open file: what it wants to know, and what it has not read yet. */
    private static final class Opener {
        final UnreadQueue events = UnreadQueue.ofRecords(UNREAD_EVENTS);
        final WaitQueue happened = new WaitQueue("ec event");
        volatile long mask;
        volatile boolean hasVersion;
    }

    /** What the node of a controller does. */
    public static final class Chardev implements FileOperations {
        /** How a call gets at the port. */
        @FunctionalInterface
        private interface Access {
            EcFirmware.Port of(Call call);
        }

        private final Access access;
        private final List<Opener> openers = new CopyOnWriteArrayList<>();
        private final WaitQueue answered = new WaitQueue("ec answer");
        private final WaitQueue free = new WaitQueue("ec free");
        private boolean inUse; // by a call that waits for its answer; guarded by this

        private Chardev(Access access) {
            this.access = access;
        }

        /**
         * The driver of a controller that is on no bus, for one gate after the other. Who has
         * something happen in the controller calls {@link #interrupt} with the same port.
         *
         * @param port is not released as long as there are calls
         */
        public static Chardev withoutBus(EcFirmware.Port port) {
            return new Chardev(call -> port);
        }

        /**
         * Runs whenever the controller has something to tell; one at a time, for their order.
         *
         * @return true: there is no other device on its line
         */
        public synchronized boolean interrupt(EcFirmware.Port now) {
            for (byte[] event = now.nextEvent(); event != null; event = now.nextEvent()) {
                for (Opener each : openers) {
                    if ((each.mask >>> event[0] & 1) != 0) {
                        each.events.put(event); // if it is full the event is lost, as in the kernel
                        each.happened.wakeUp();
                    }
                }
            }
            if (!now.isBusy()) {
                answered.wakeUp();
                free.wakeUp();
            }
            return true;
        }

        @Override
        public int open(OpenFile file, Call call) {
            Opener opener = new Opener();
            file.setPrivateData(opener, openers::remove);
            openers.add(opener);
            return 0;
        }

        private static Opener opener(OpenFile file) {
            return Objects.requireNonNull(file.privateData(Opener.class));
        }

        /** An event, of which the rest is lost if it does not fit; without a mask the version. */
        @Override
        public int read(OpenFile file, ByteBuffer dst, long position, Call call)
                throws ErrnoException {
            Opener opener = opener(file);
            if (opener.mask == 0) {
                return opener.hasVersion ? 0 : version(opener, dst, call);
            }
            int count = opener.events.take(dst);
            return count > 0 || !dst.hasRemaining() ? count : call.wouldBlock(opener.happened);
        }

        @Override
        public int poll(OpenFile file, Call call) {
            Opener opener = opener(file);
            call.pollWait(opener.happened);
            return opener.events.isEmpty() ? 0 : PollEvents.POLLIN | PollEvents.POLLRDNORM;
        }

        @Override
        public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call)
                throws ErrnoException {
            if (command == CROS_EC_DEV_IOCXCMD) {
                return command(argument, data, call);
            }
            if (command == CROS_EC_DEV_IOCEVENTMASK) {
                opener(file).mask = argument;
                return 0;
            }
            throw Errno.ENOTTY.exception();
        }

        /** The header came with the call, and is read here once; the data behind it did not. */
        private int command(long argument, ByteBuffer header, Call call) throws ErrnoException {
            int outSize = size(header, OUT_SIZE);
            int inSize = size(header, IN_SIZE);
            ByteBuffer out = ByteBuffer.allocate(outSize);
            call.copyFromUser(argument + DATA, out);
            EcFirmware.Answer answer =
                    transfer(header.getInt(0), header.getInt(COMMAND), out.rewind(), call);
            if (answer == null) {
                return Call.WOULD_BLOCK;
            }
            int received = answer.data().limit();
            if (received > inSize) {
                throw Errno.EMSGSIZE.exception();
            }
            call.copyToUser(argument + DATA, answer.data());
            header.putInt(RESULT, answer.result());
            return received;
        }

        private static int size(ByteBuffer header, int at) throws ErrnoException {
            int size = header.getInt(at);
            if (size < 0 || size > EC_MAX_MSG_BYTES) {
                throw Errno.EINVAL.exception();
            }
            return size;
        }

        /**
         * Has the controller run a command. Who finds it at work sleeps, without a thread, and its
         * verb is run again from the start. Only the call whose command was sent parks its thread,
         * because that must not be sent again.
         *
         * @return null if the verb is to return {@link Call#WOULD_BLOCK}
         */
        private EcFirmware.@Nullable Answer transfer(
                int version, int command, ByteBuffer out, Call call) throws ErrnoException {
            EcFirmware.Port now = access.of(call);
            synchronized (this) {
                // Also at work on what was sent for a caller that was interrupted.
                if (inUse || now.isBusy()) {
                    call.wouldBlockExclusive(free);
                    return null;
                }
                inUse = true;
                now.send(version, command, out);
            }
            try {
                call.await(answered, () -> !now.isBusy());
                return now.answer();
            } finally {
                synchronized (this) {
                    inUse = false;
                }
                free.wakeUp();
            }
        }

        private int version(Opener opener, ByteBuffer dst, Call call) throws ErrnoException {
            EcFirmware.Answer answer =
                    transfer(0, EcFirmware.EC_CMD_GET_VERSION, ByteBuffer.allocate(0), call);
            if (answer == null) {
                return Call.WOULD_BLOCK;
            }
            if (answer.result() != EcFirmware.EC_RES_SUCCESS) {
                throw Errno.EPROTO.exception();
            }
            ByteBuffer response = answer.data();
            int image = response.getInt(3 * VERSION_CHARS);
            boolean isKnown = image >= 0 && image < IMAGES.size();
            String text =
                    String.join(
                            "\n",
                            INTERFACE_VERSION,
                            text(response, 0),
                            text(response, VERSION_CHARS),
                            IMAGES.get(isKnown ? image : IMAGES.size() - 1),
                            "");
            int count = Math.min(text.length(), dst.remaining());
            dst.put(text.getBytes(StandardCharsets.ISO_8859_1), 0, count);
            opener.hasVersion = count > 0;
            return count;
        }

        private static String text(ByteBuffer response, int at) {
            byte[] chars = new byte[VERSION_CHARS];
            response.get(at, chars);
            String text = new String(chars, StandardCharsets.ISO_8859_1);
            int end = text.indexOf(0);
            return end < 0 ? text : text.substring(0, end);
        }
    }
}
