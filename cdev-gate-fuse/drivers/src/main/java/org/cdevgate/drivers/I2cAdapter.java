package org.cdevgate.drivers;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.drivers.I2cBus.Message;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;

/**
 * An I2C adapter as /dev/i2c-N, for i2cdetect, i2cget, i2cset, i2cdump and i2ctransfer. The
 * contract is that of linux/i2c-dev.h, linux/i2c.h and the kernel's Documentation/i2c
 * (dev-interface, fault-codes): an address per open file, SMBus transactions made of plain messages
 * as i2c_smbus_xfer does, one transfer on the bus at a time.
 *
 * <p>None of the commands has a size and the arguments of three are pointers to pointers, so the
 * node must be on a mount with access to the callers' memory (DeviceMountBuilder.callerMemory).
 *
 * <p>Left out, and said so in {@link #FUNCTIONS}: addresses of 10 bits, checksums (I2C_PEC is
 * accepted and has no effect, as documented), blocks whose length the chip tells. A call that waits
 * for the bus or for a chip can be interrupted, and with O_NONBLOCK gets EAGAIN; in the kernel it
 * cannot and does not.
 */
public final class I2cAdapter implements FileOperations {
    /** How often an address that is not acknowledged is tried again; of no effect on this bus. */
    public static final int I2C_RETRIES = 0x0701;

    /** How long a chip may hold the clock, in units of 10 ms; of the adapter, not of the file. */
    public static final int I2C_TIMEOUT = 0x0702;

    /** Sets the address of this file; EBUSY if a driver has it. */
    public static final int I2C_SLAVE = 0x0703;

    /** Whether the address is one of 10 bits. */
    public static final int I2C_TENBIT = 0x0704;

    /** Stores {@link #FUNCTIONS} in an unsigned long. */
    public static final int I2C_FUNCS = 0x0705;

    /** {@link #I2C_SLAVE}, even if a driver has the address. */
    public static final int I2C_SLAVE_FORCE = 0x0706;

    /** Runs the messages of a struct i2c_rdwr_ioctl_data; the result is their number. */
    public static final int I2C_RDWR = 0x0707;

    /** Whether SMBus transactions have a checksum. */
    public static final int I2C_PEC = 0x0708;

    /** Runs the transaction of a struct i2c_smbus_ioctl_data. */
    public static final int I2C_SMBUS = 0x0720;

    /**
     * I2C_FUNC_I2C, and of I2C_FUNC_SMBUS_*: QUICK, BYTE, BYTE_DATA, WORD_DATA, PROC_CALL,
     * WRITE_BLOCK_DATA, I2C_BLOCK.
     */
    public static final int FUNCTIONS = 0x0eff0001;

    private static final int MOST_MESSAGES = 42; // I2C_RDWR_IOCTL_MAX_MSGS
    private static final int LONGEST_MESSAGE = 8192;
    private static final int LAST_ADDRESS = 0x7f;
    private static final int LAST_TEN_BIT_ADDRESS = 0x3ff;
    private static final int FLAG_READ = 1; // I2C_M_RD

    // linux/i2c.h: transactions, I2C_SMBUS_READ, I2C_SMBUS_BLOCK_MAX, union i2c_smbus_data
    private static final int QUICK = 0;
    private static final int BYTE = 1;
    private static final int BYTE_DATA = 2;
    private static final int WORD_DATA = 3;
    private static final int PROC_CALL = 4;
    private static final int BLOCK_DATA = 5;
    private static final int I2C_BLOCK_BROKEN = 6;
    private static final int BLOCK_PROC_CALL = 7;
    private static final int I2C_BLOCK_DATA = 8;
    private static final int READ = 1;
    private static final int BLOCK_MAX = 32;
    private static final int UNION_BYTES = BLOCK_MAX + 2;

    private final I2cBus bus;
    private final Set<Integer> claimed;
    private final AtomicBoolean inUse = new AtomicBoolean();
    private final WaitQueue free = new WaitQueue("bus free");
    private volatile long clockTimeout = Long.MAX_VALUE; // milliseconds

    /**
     * @param bus what it drives
     * @param claimed addresses that drivers of chips have, which processes get by force only
     */
    public I2cAdapter(I2cBus bus, int... claimed) {
        this.bus = bus;
        this.claimed = Arrays.stream(claimed).boxed().collect(Collectors.toUnmodifiableSet());
    }

    /** One open file. */
    private static final class Client {
        volatile int address;
        volatile boolean tenBit;

        Message message(boolean read, ByteBuffer data) throws ErrnoException {
            if (tenBit) {
                throw Errno.EOPNOTSUPP.exception();
            }
            return new Message(address, read, data);
        }

        Message send(byte command, ByteBuffer data) throws ErrnoException {
            return message(
                    false, struct(1 + data.limit()).put(command).put(data.duplicate()).flip());
        }
    }

    @Override
    public int open(OpenFile file, Call call) {
        file.setPrivateData(new Client());
        return 0;
    }

    private static Client client(OpenFile file) {
        return Objects.requireNonNull(file.privateData(Client.class));
    }

    /** A message from the chip. */
    @Override
    public int read(OpenFile file, ByteBuffer dst, long position, Call call) throws ErrnoException {
        return plain(file, true, dst, call);
    }

    /** A message to the chip. */
    @Override
    public int write(OpenFile file, ByteBuffer src, long position, Call call)
            throws ErrnoException {
        return plain(file, false, src, call);
    }

    private int plain(OpenFile file, boolean read, ByteBuffer data, Call call)
            throws ErrnoException {
        int length = Math.min(data.limit(), LONGEST_MESSAGE);
        Client client = client(file);
        Message message = client.message(read, data.slice(0, length));
        return transfer(List.of(message), call) < 0 ? Call.WOULD_BLOCK : length;
    }

    @Override
    public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call)
            throws ErrnoException {
        Client client = client(file);
        switch (command) {
            case I2C_SLAVE, I2C_SLAVE_FORCE -> {
                check(argument, client.tenBit ? LAST_TEN_BIT_ADDRESS : LAST_ADDRESS);
                if (command == I2C_SLAVE && claimed.contains((int) argument)) {
                    throw Errno.EBUSY.exception();
                }
                client.address = (int) argument;
            }
            case I2C_TENBIT -> client.tenBit = argument != 0;
            case I2C_PEC -> {} // of no effect without I2C_FUNC_SMBUS_PEC
            case I2C_FUNCS -> {
                ByteBuffer functions = struct(pointerBytes(call));
                boolean narrow = call.is32Bit();
                functions = narrow ? functions.putInt(FUNCTIONS) : functions.putLong(FUNCTIONS);
                call.copyToUser(argument, functions.flip());
            }
            case I2C_RDWR -> {
                return messages(argument, call);
            }
            case I2C_SMBUS -> {
                return smbus(client, argument, call);
            }
            case I2C_RETRIES -> check(argument, Integer.MAX_VALUE);
            case I2C_TIMEOUT -> {
                check(argument, Integer.MAX_VALUE);
                clockTimeout = 10 * argument;
            }
            default -> throw Errno.ENOTTY.exception();
        }
        return 0;
    }

    /** As an unsigned long. */
    private static void check(long argument, int largest) throws ErrnoException {
        if (argument < 0 || argument > largest) {
            throw Errno.EINVAL.exception();
        }
    }

    /** struct i2c_rdwr_ioctl_data: the address of the messages, their number. */
    private int messages(long argument, Call call) throws ErrnoException {
        int pointer = pointerBytes(call);
        ByteBuffer head = fromUser(argument, 2 * pointer, call);
        long list = pointerAt(head, 0, call);
        int count = head.getInt(pointer);
        if (list == 0 || count <= 0 || count > MOST_MESSAGES) {
            throw Errno.EINVAL.exception();
        }
        // struct i2c_msg: address, flags and length of 16 bits each, padding, address of the data.
        int size = 8 + pointer;
        ByteBuffer structs = fromUser(list, count * size, call);
        List<Message> messages = new ArrayList<>();
        for (int at = 0; at < structs.limit(); at += size) {
            int flags = Short.toUnsignedInt(structs.getShort(at + 2));
            int length = Short.toUnsignedInt(structs.getShort(at + 4));
            if (length > LONGEST_MESSAGE) {
                throw Errno.EINVAL.exception();
            }
            if ((flags & ~FLAG_READ) != 0) {
                throw Errno.EOPNOTSUPP.exception();
            }
            // One that is to be received also: a bad address is found before anything is sent.
            ByteBuffer data = fromUser(pointerAt(structs, at + 8, call), length, call);
            int address = Short.toUnsignedInt(structs.getShort(at));
            messages.add(new Message(address, flags == FLAG_READ, data));
        }
        int result = transfer(messages, call);
        for (int i = 0; i < result; i++) { // not at all if it would block
            if (messages.get(i).read()) {
                call.copyToUser(pointerAt(structs, i * size + 8, call), messages.get(i).data());
            }
        }
        return result;
    }

    /** struct i2c_smbus_ioctl_data: read or write, command, transaction, address of the data. */
    private int smbus(Client client, long argument, Call call) throws ErrnoException {
        ByteBuffer head = fromUser(argument, 8 + pointerBytes(call), call);
        int direction = Byte.toUnsignedInt(head.get(0));
        boolean read = direction == READ;
        byte command = head.get(1);
        int transaction = head.getInt(4);
        long address = pointerAt(head, 8, call);
        if (transaction < QUICK || transaction > I2C_BLOCK_DATA || direction > READ) {
            throw Errno.EINVAL.exception();
        }
        int bytes = dataBytes(transaction, read);
        if (bytes > 0 && address == 0) {
            throw Errno.EINVAL.exception();
        }
        if (transaction == BLOCK_PROC_CALL || (transaction == BLOCK_DATA && read)) {
            throw Errno.EOPNOTSUPP.exception();
        }
        ByteBuffer data = struct(bytes);
        if (!read || transaction == PROC_CALL || transaction == I2C_BLOCK_DATA) {
            data = fromUser(address, bytes, call);
        } else if (transaction == I2C_BLOCK_BROKEN) {
            data.put(0, (byte) BLOCK_MAX); // of old programs, which do not say how long
        }
        if (transfer(messages(client, read, command, transaction, data), call) < 0) {
            return Call.WOULD_BLOCK;
        }
        if (read || transaction == PROC_CALL) {
            call.copyToUser(address, data);
        }
        return 0;
    }

    /** How much of union i2c_smbus_data a transaction uses. */
    private static int dataBytes(int transaction, boolean read) {
        return switch (transaction) {
            case QUICK -> 0;
            case BYTE -> read ? 1 : 0;
            case BYTE_DATA -> 1;
            case WORD_DATA, PROC_CALL -> Short.BYTES; // low byte first, as on the bus
            default -> UNION_BYTES;
        };
    }

    /** As i2c_smbus_xfer_emulated(): the messages of a transaction, on views of its data. */
    private static List<Message> messages(
            Client client, boolean read, byte command, int transaction, ByteBuffer data)
            throws ErrnoException {
        if (transaction == QUICK) {
            return List.of(client.message(read, data));
        }
        if (transaction == BYTE) {
            return List.of(read ? client.message(true, data) : client.send(command, data));
        }
        ByteBuffer value = data;
        if (transaction >= BLOCK_DATA) {
            int length = Byte.toUnsignedInt(data.get(0));
            if (length > BLOCK_MAX) {
                throw Errno.EINVAL.exception();
            }
            value = transaction == BLOCK_DATA ? data.slice(0, 1 + length) : data.slice(1, length);
        }
        if (transaction == PROC_CALL) {
            return List.of(client.send(command, value), client.message(true, value));
        }
        return read
                ? List.of(client.send(command, struct(0)), client.message(true, value))
                : List.of(client.send(command, value));
    }

    /**
     * Runs messages; while another call has the bus this one sleeps, without a thread, and its verb
     * is run again from the start. Only the call that has the bus parks its thread, because what it
     * has sent cannot be sent again.
     *
     * @return their number, or {@link Call#WOULD_BLOCK}
     */
    private int transfer(List<Message> messages, Call call) throws ErrnoException {
        if (!inUse.compareAndSet(false, true)) {
            return call.wouldBlockExclusive(free);
        }
        try {
            bus.transfer(messages, (queue, condition) -> stretch(queue, condition, call));
            return messages.size();
        } finally {
            inUse.set(false);
            free.wakeUp();
        }
    }

    private void stretch(WaitQueue queue, BooleanSupplier condition, Call call)
            throws ErrnoException {
        if (!call.await(queue, condition, clockTimeout, TimeUnit.MILLISECONDS)) {
            throw Errno.ETIMEDOUT.exception();
        }
    }

    private static int pointerBytes(Call call) {
        return call.is32Bit() ? Integer.BYTES : Long.BYTES;
    }

    private static long pointerAt(ByteBuffer struct, int index, Call call) {
        return call.is32Bit()
                ? Integer.toUnsignedLong(struct.getInt(index))
                : struct.getLong(index);
    }

    private static ByteBuffer struct(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
    }

    private static ByteBuffer fromUser(long address, int bytes, Call call) throws ErrnoException {
        ByteBuffer struct = struct(bytes);
        call.copyFromUser(address, struct);
        return struct.rewind();
    }
}
