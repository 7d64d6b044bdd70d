package org.cdevgate.drivers;

import static org.cdevgate.drivers.Refused.expect;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What i2c-dev answers to arguments that i2c-tools never pass. */
@Timeout(60)
class I2cAdapterTest {
    private static final int EEPROM = 0x50;
    private static final int THERMOMETER = 0x48;
    private static final int HYGROMETER = 0x40;
    private static final int CLAIMED = 0x68;
    private static final int NOBODY = 0x51;

    private static final int WRITE = 0; // I2C_SMBUS_WRITE, and no flag of a message
    private static final int READ = 1; // I2C_SMBUS_READ, I2C_M_RD
    private static final int TEN = 0x10; // I2C_M_TEN

    // Transactions of linux/i2c.h.
    private static final int QUICK = 0;
    private static final int BYTE = 1;
    private static final int BYTE_DATA = 2;
    private static final int WORD_DATA = 3;
    private static final int PROC_CALL = 4;
    private static final int BLOCK_DATA = 5;
    private static final int I2C_BLOCK_BROKEN = 6;
    private static final int BLOCK_PROC_CALL = 7;
    private static final int I2C_BLOCK_DATA = 8;

    // Where the caller keeps what; what is below the first is not mapped.
    private static final int FIRST = 0x100;
    private static final int STRUCT = 0x100;
    private static final int LIST = 0x200;
    private static final int OUT = 0x1000;
    private static final int IN = 0x4000;
    private static final int END = 0x8000;

    /** A process that lays out its memory as a C program does. */
    private static final class Program extends CallerWithMemory {
        private boolean narrow;

        Program() {
            super(FIRST, END);
        }

        @Override
        protected boolean is32Bit() {
            return narrow;
        }

        void poke(int address, int... bytes) {
            for (int i = 0; i < bytes.length; i++) {
                memory.put(address + i, (byte) bytes[i]);
            }
        }

        int[] peek(int address, int length) {
            int[] bytes = new int[length];
            Arrays.setAll(bytes, i -> Byte.toUnsignedInt(memory.get(address + i)));
            return bytes;
        }

        void pokePointer(int at, long address) {
            if (narrow) {
                memory.putInt(at, (int) address);
            } else {
                memory.putLong(at, address);
            }
        }

        int pointerBytes() {
            return narrow ? 4 : 8;
        }
    }

    private final Program process = new Program();
    private final I2cBus.Hygrometer hygrometer = new I2cBus.Hygrometer();
    private final I2cBus bus =
            new I2cBus()
                    .attach(EEPROM, new I2cBus.Eeprom())
                    .attach(THERMOMETER, new I2cBus.Thermometer())
                    .attach(HYGROMETER, hygrometer)
                    .attach(CLAIMED, new I2cBus.Eeprom());
    private final FopsGate gate = FopsGate.of("i2c-0", new I2cAdapter(bus, CLAIMED));
    private OpenFile file;

    @BeforeEach
    void open() throws ErrnoException {
        file = gate.front().open(OpenFlags.O_RDWR, process);
    }

    @AfterEach
    void remove() {
        gate.unregisterSync();
    }

    private int ioctl(OpenFile by, int command, long argument) throws ErrnoException {
        return gate.front().ioctl(by, command, argument, ByteBuffer.allocate(0), process);
    }

    private void slave(int address) throws ErrnoException {
        assertEquals(0, ioctl(file, I2cAdapter.I2C_SLAVE, address));
    }

    /** struct i2c_smbus_ioctl_data. */
    private void smbus(OpenFile by, int direction, int command, int transaction, int data)
            throws ErrnoException {
        process.poke(STRUCT, direction, command);
        process.memory.putInt(STRUCT + 4, transaction);
        process.pokePointer(STRUCT + 8, data);
        assertEquals(0, ioctl(by, I2cAdapter.I2C_SMBUS, STRUCT));
    }

    private int readByte(OpenFile by, int command) throws ErrnoException {
        smbus(by, READ, command, BYTE_DATA, IN);
        return process.peek(IN, 1)[0];
    }

    private void writeByte(int command, int value) throws ErrnoException {
        process.poke(OUT, value);
        smbus(file, WRITE, command, BYTE_DATA, OUT);
    }

    /** Places a struct i2c_msg. */
    private void message(int index, int address, int flags, int length, long data) {
        int at = LIST + index * (8 + process.pointerBytes());
        process.memory
                .putShort(at, (short) address)
                .putShort(at + 2, (short) flags)
                .putShort(at + 4, (short) length);
        process.pokePointer(at + 8, data);
    }

    /** struct i2c_rdwr_ioctl_data. */
    private int transfer(long list, int count) throws ErrnoException {
        process.pokePointer(STRUCT, list);
        process.memory.putInt(STRUCT + process.pointerBytes(), count);
        return ioctl(file, I2cAdapter.I2C_RDWR, STRUCT);
    }

    @Test
    void anAddressHasSevenBitsUnlessTenWereAskedFor() throws ErrnoException {
        slave(0x7f);
        for (long bad : new long[] {0x80, 0x3ff, 1L << 32, -1}) {
            expect(Errno.EINVAL, () -> ioctl(file, I2cAdapter.I2C_SLAVE, bad));
            expect(Errno.EINVAL, () -> ioctl(file, I2cAdapter.I2C_SLAVE_FORCE, bad));
        }
        assertEquals(0, ioctl(file, I2cAdapter.I2C_TENBIT, 1));
        slave(0x3ff);
        expect(Errno.EINVAL, () -> ioctl(file, I2cAdapter.I2C_SLAVE, 0x400));
        slave(EEPROM);
        expect(Errno.EOPNOTSUPP, () -> readByte(file, 0)); // it is another address with ten bits
        assertEquals(0, ioctl(file, I2cAdapter.I2C_TENBIT, 0));
        assertEquals(0, readByte(file, 0));
    }

    @Test
    void anAddressOfADriverIsHadByForceOnly() throws ErrnoException {
        slave(EEPROM);
        writeByte(0, 1);
        expect(Errno.EBUSY, () -> ioctl(file, I2cAdapter.I2C_SLAVE, CLAIMED));
        assertEquals(1, readByte(file, 0), "the address before is kept");
        assertEquals(0, ioctl(file, I2cAdapter.I2C_SLAVE_FORCE, CLAIMED));
        assertEquals(0, readByte(file, 0));
    }

    @Test
    void eachOpenFileHasAnAddressOfItsOwn() throws ErrnoException {
        OpenFile other = gate.front().open(OpenFlags.O_RDWR, process);
        slave(EEPROM);
        assertEquals(0, ioctl(other, I2cAdapter.I2C_SLAVE, THERMOMETER));
        writeByte(0, 7);
        assertEquals(25, readByte(other, 0), "degrees");
        assertEquals(7, readByte(file, 0));
    }

    @Test
    void aFileWithoutAnAddressReachesNobody() {
        expect(Errno.ENXIO, () -> readByte(file, 0));
        expect(Errno.ENXIO, () -> gate.front().read(file, ByteBuffer.allocate(1), 0, process));
    }

    @Test
    void smallSettingsAreTakenAndOthersRefused() throws ErrnoException {
        assertEquals(0, ioctl(file, I2cAdapter.I2C_RETRIES, 3));
        assertEquals(0, ioctl(file, I2cAdapter.I2C_TIMEOUT, Integer.MAX_VALUE));
        for (long bad : new long[] {1L << 31, -1}) {
            expect(Errno.EINVAL, () -> ioctl(file, I2cAdapter.I2C_RETRIES, bad));
            expect(Errno.EINVAL, () -> ioctl(file, I2cAdapter.I2C_TIMEOUT, bad));
        }
        slave(EEPROM);
        assertEquals(0, ioctl(file, I2cAdapter.I2C_PEC, 1));
        writeByte(0, 9);
        writeByte(1, 10);
        assertEquals(9, readByte(file, 0), "a checksum went to a chip that knows none");
        expect(Errno.ENOTTY, () -> ioctl(file, 0x0709, 0));
        expect(Errno.ENOTTY, () -> ioctl(file, 0x5401, STRUCT)); // TCGETS
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void functionsFillAnUnsignedLongOfTheCaller(boolean narrow) throws ErrnoException {
        process.narrow = narrow;
        process.memory.putLong(IN, -1);
        assertEquals(0, ioctl(file, I2cAdapter.I2C_FUNCS, IN));
        assertEquals(I2cAdapter.FUNCTIONS, process.memory.getInt(IN));
        assertEquals(narrow ? -1 : 0, process.memory.getInt(IN + 4));
        expect(Errno.EFAULT, () -> ioctl(file, I2cAdapter.I2C_FUNCS, 0));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void messagesGoAsOneTransferAndAreCounted(boolean narrow) throws ErrnoException {
        process.narrow = narrow;
        process.poke(OUT, 16, 1, 2, 3);
        message(0, EEPROM, WRITE, 4, OUT);
        message(1, EEPROM, WRITE, 1, OUT);
        message(2, EEPROM, READ, 3, IN);
        assertEquals(3, transfer(LIST, 3));
        assertArrayEquals(new int[] {1, 2, 3}, process.peek(IN, 3));
    }

    @Test
    void tooManyMessagesOrTooLongOnesAreRefused() throws ErrnoException {
        for (int i = 0; i < 43; i++) {
            message(i, EEPROM, READ, 1, IN + i);
        }
        assertEquals(42, transfer(LIST, 42));
        for (int bad : new int[] {0, 43, Integer.MIN_VALUE, -1}) {
            expect(Errno.EINVAL, () -> transfer(LIST, bad));
        }
        expect(Errno.EINVAL, () -> transfer(0, 1));
        expect(Errno.EFAULT, () -> transfer(8, 1));
        expect(Errno.EFAULT, () -> ioctl(file, I2cAdapter.I2C_RDWR, 0));
        message(0, EEPROM, READ, 8192, IN);
        assertEquals(1, transfer(LIST, 1));
        message(0, EEPROM, READ, 8193, IN);
        expect(Errno.EINVAL, () -> transfer(LIST, 1));
        message(0, EEPROM, READ | TEN, 1, IN);
        expect(Errno.EOPNOTSUPP, () -> transfer(LIST, 1));
        message(0, NOBODY, READ, 1, IN);
        expect(Errno.ENXIO, () -> transfer(LIST, 1));
        message(0, EEPROM, WRITE, 0, 0);
        assertEquals(1, transfer(LIST, 1), "a message without data needs no address of any");
    }

    @Test
    void nothingIsSentIfAMessageOfTheListIsBad() throws ErrnoException {
        slave(EEPROM);
        process.poke(OUT, 0, 0xff);
        message(0, EEPROM, WRITE, 2, OUT);
        message(1, EEPROM, READ, 1, 8);
        expect(Errno.EFAULT, () -> transfer(LIST, 2));
        message(1, EEPROM, READ, 8193, IN);
        expect(Errno.EINVAL, () -> transfer(LIST, 2));
        assertEquals(0, readByte(file, 0));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void transactionsAreTheMessagesOfTheSmbusProtocol(boolean narrow) throws ErrnoException {
        process.narrow = narrow;
        slave(EEPROM);
        smbus(file, WRITE, 0, QUICK, 0);
        process.poke(OUT, 3, 0x11, 0x22, 0x33);
        smbus(file, WRITE, 0x20, I2C_BLOCK_DATA, OUT);
        smbus(file, WRITE, 0x28, BLOCK_DATA, OUT);
        smbus(file, READ, 0x20, I2C_BLOCK_BROKEN, IN);
        assertArrayEquals(
                new int[] {32, 0x11, 0x22, 0x33, 0, 0, 0, 0, 0, 3, 0x11, 0x22, 0x33, 0},
                process.peek(IN, 14));
        process.poke(IN, 2);
        smbus(file, READ, 0x21, I2C_BLOCK_DATA, IN);
        assertArrayEquals(new int[] {2, 0x22, 0x33, 0x33}, process.peek(IN, 4));
        smbus(file, READ, 0x20, WORD_DATA, IN);
        assertArrayEquals(new int[] {0x11, 0x22}, process.peek(IN, 2));
        smbus(file, WRITE, 0x20, BYTE, 0);
        smbus(file, READ, 0xff, BYTE, IN);
        assertEquals(0x11, process.peek(IN, 1)[0], "the cell that was selected");
        process.poke(IN, 0x44, 0x55);
        smbus(file, WRITE, 0x1e, PROC_CALL, IN); // writes two cells, reads the next two
        assertArrayEquals(new int[] {0, 0}, process.peek(IN, 2));
        assertEquals(0x44, readByte(file, 0x1e));
    }

    @Test
    void transactionsThatCannotBeAreRefused() throws ErrnoException {
        slave(EEPROM);
        expect(Errno.EINVAL, () -> smbus(file, READ, 0, 9, IN));
        expect(Errno.EINVAL, () -> smbus(file, READ, 0, -1, IN));
        expect(Errno.EINVAL, () -> smbus(file, 2, 0, BYTE_DATA, IN));
        expect(Errno.EINVAL, () -> smbus(file, READ, 0, BYTE_DATA, 0));
        expect(Errno.EINVAL, () -> smbus(file, READ, 0, BYTE, 0));
        process.poke(OUT, 33);
        expect(Errno.EINVAL, () -> smbus(file, WRITE, 0, BLOCK_DATA, OUT));
        expect(Errno.EINVAL, () -> smbus(file, WRITE, 0, I2C_BLOCK_DATA, OUT));
        expect(Errno.EINVAL, () -> smbus(file, READ, 0, I2C_BLOCK_DATA, OUT));
        expect(Errno.EOPNOTSUPP, () -> smbus(file, READ, 0, BLOCK_DATA, IN));
        expect(Errno.EOPNOTSUPP, () -> smbus(file, WRITE, 0, BLOCK_PROC_CALL, IN));
        expect(Errno.EFAULT, () -> smbus(file, WRITE, 0, WORD_DATA, END - 1));
        expect(Errno.EFAULT, () -> smbus(file, READ, 0, WORD_DATA, END - 1));
        expect(Errno.EFAULT, () -> ioctl(file, I2cAdapter.I2C_SMBUS, END - 15));
    }

    @Test
    void readAndWriteAreMessagesToTheAddressOfTheFile() throws ErrnoException {
        slave(EEPROM);
        ByteBuffer page = ByteBuffer.wrap(new byte[] {0x0e, 1, 2, 3});
        assertEquals(4, gate.front().write(file, page, 0, process));
        assertEquals(1, gate.front().write(file, ByteBuffer.wrap(new byte[] {8}), 0, process));
        byte[] read = new byte[8];
        assertEquals(8, gate.front().read(file, ByteBuffer.wrap(read), 0, process));
        assertArrayEquals(new byte[] {3, 0, 0, 0, 0, 0, 1, 2}, read, "the page did not wrap");
        assertEquals(8192, gate.front().read(file, ByteBuffer.allocate(10_000), 0, process));
    }

    @Test
    void aChipThatStretchesTheClockTooLongLeavesTheBusToOthers() throws ErrnoException {
        slave(HYGROMETER);
        assertEquals(0, ioctl(file, I2cAdapter.I2C_TIMEOUT, 1));
        expect(Errno.ETIMEDOUT, () -> smbus(file, READ, I2cBus.Hygrometer.MEASURE, WORD_DATA, IN));
        OpenFile hasty = gate.front().open(OpenFlags.O_RDWR | OpenFlags.O_NONBLOCK, process);
        assertEquals(0, ioctl(hasty, I2cAdapter.I2C_SLAVE, HYGROMETER));
        expect(Errno.EAGAIN, () -> smbus(hasty, READ, I2cBus.Hygrometer.MEASURE, WORD_DATA, IN));
        hygrometer.measured(0x1234);
        smbus(file, READ, 0, BYTE, IN);
        assertEquals(0x12, process.peek(IN, 1)[0], "a plain read of what was measured meanwhile");
        slave(EEPROM);
        assertEquals(0, readByte(file, 0));
    }

    @Test
    void twoChipsCannotHaveOneAddress() {
        I2cBus.Eeprom chip = new I2cBus.Eeprom();
        assertThrows(IllegalArgumentException.class, () -> bus.attach(EEPROM, chip));
        assertThrows(IllegalArgumentException.class, () -> bus.attach(0x80, chip));
        assertThrows(IllegalArgumentException.class, () -> bus.attach(-1, chip));
    }
}
