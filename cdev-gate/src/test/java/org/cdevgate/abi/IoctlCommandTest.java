package org.cdevgate.abi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers are those that a C program gets from the kernel's headers. */
class IoctlCommandTest {
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        // name, number, direction, type, nr, size
        "TCGETS,          0x5401,     0, 0x54, 0x01, 0",
        "FIONREAD,        0x541b,     0, 0x54, 0x1b, 0",
        "EVIOCGVERSION,   0x80044501, 2, 0x45, 0x01, 4",
        "EVIOCGID,        0x80084502, 2, 0x45, 0x02, 8",
        "EVIOCGRAB,       0x40044590, 1, 0x45, 0x90, 4",
        "EVIOCREVOKE,     0x40044591, 1, 0x45, 0x91, 4",
        "RTC_AIE_ON,      0x7001,     0, 0x70, 0x01, 0",
        "RTC_RD_TIME,     0x80247009, 2, 0x70, 0x09, 36",
        "RTC_SET_TIME,    0x4024700a, 1, 0x70, 0x0a, 36",
        "WDIOC_SETTIMEOUT,0xc0045706, 3, 0x57, 0x06, 4",
        "VIDIOC_QUERYCAP, 0x80685600, 2, 0x56, 0x00, 104",
        "I2C_SLAVE,       0x0703,     0, 0x07, 0x03, 0",
    })
    void commandsHaveTheNumbersOfTheKernelsHeaders(
            String name, String number, int dir, String type, String nr, int size) {
        int command = Long.decode(number).intValue();
        int typeByte = Integer.decode(type);
        int nrByte = Integer.decode(nr);
        assertEquals(
                command,
                IoctlCommand.encode(dir, typeByte, nrByte, size),
                () -> "a driver that builds " + name + " would not be found by C callers");
        assertEquals(dir, IoctlCommand.dir(command), () -> "direction of " + name);
        assertEquals(typeByte, IoctlCommand.type(command), () -> "type of " + name);
        assertEquals(nrByte, IoctlCommand.nr(command), () -> "nr of " + name);
        assertEquals(size, IoctlCommand.size(command), () -> "size of " + name);
        assertEquals(
                (dir & IoctlCommand.WRITE) != 0 ? size : 0,
                IoctlCommand.inSize(command),
                () -> "bytes that the driver of " + name + " is given");
        assertEquals(
                (dir & IoctlCommand.READ) != 0 ? size : 0,
                IoctlCommand.outSize(command),
                () -> "bytes that the caller of " + name + " gets back");
    }

    @Test
    void theMacrosSetTheDirectionOfTheCaller() {
        assertEquals(0x5401, IoctlCommand.io('T', 1));
        assertEquals(0x80044501, IoctlCommand.ior('E', 1, 4));
        assertEquals(0x4024700a, IoctlCommand.iow('p', 0x0a, 36));
        assertEquals(0xc0045706, IoctlCommand.iowr('W', 6, 4));
    }

    @ParameterizedTest
    @CsvSource({
        "0x80044501, '_IOR(''E'', 0x01, 4)'",
        "0x4024700a, '_IOW(''p'', 0x0a, 36)'",
        "0xc0045706, '_IOWR(''W'', 0x06, 4)'",
        "0x5401,     '_IO(''T'', 0x01)'",
        "0x0703,     '_IO(0x07, 0x03)'",
        "0x00045401, '0x00045401'", // a size without direction is no _IO
    })
    void aCommandPrintsAsACProgrammerWritesIt(String number, String text) {
        assertEquals(text, IoctlCommand.toString(Long.decode(number).intValue()));
    }

    @Test
    void theLimitsOfEachFieldFit() {
        int command = IoctlCommand.encode(3, 0xff, 0xff, IoctlCommand.MAX_SIZE);
        assertEquals(-1, command, "all bits set: no field may spill into another");
        assertEquals(IoctlCommand.MAX_SIZE, IoctlCommand.size(command));
        assertEquals(3, IoctlCommand.dir(command), "the sign bit must not leak into the direction");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"4,0,0,0", "-1,0,0,0", "0,256,0,0", "0,-1,0,0", "0,0,256,0", "0,0,0,16384"})
    void aFieldThatDoesNotFitIsRefusedByName(String fields) {
        String[] field = fields.split(",", -1);
        int dir = Integer.parseInt(field[0]);
        int type = Integer.parseInt(field[1]);
        int nr = Integer.parseInt(field[2]);
        int size = Integer.parseInt(field[3]);
        IllegalArgumentException refused =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> IoctlCommand.encode(dir, type, nr, size),
                        "the number would silently name another command");
        String wrong = dir != 0 ? "direction" : type != 0 ? "type" : nr != 0 ? "nr" : "size";
        assertTrue(
                refused.getMessage().contains(wrong),
                () -> "\"" + refused.getMessage() + "\" does not say that the " + wrong + " is it");
    }

    private static final int GET_COUNT = // _IOR('K', 1, int)
            IoctlCommand.IOR
                    | Integer.BYTES << IoctlCommand.SIZE_SHIFT
                    | 'K' << IoctlCommand.TYPE_SHIFT
                    | 1;
    private static final int RESET = IoctlCommand.IO | 'K' << IoctlCommand.TYPE_SHIFT | 2;

    private static String nameOf(int command) {
        return switch (command) {
            case GET_COUNT -> "get count";
            case RESET -> "reset";
            default -> "unknown";
        };
    }

    @Test
    void aConstantForASwitchIsTheSameNumber() {
        assertEquals(IoctlCommand.ior('K', 1, Integer.BYTES), GET_COUNT);
        assertEquals("get count", nameOf(IoctlCommand.ior('K', 1, 4)));
        assertEquals("reset", nameOf(IoctlCommand.io('K', 2)));
        assertEquals("unknown", nameOf(IoctlCommand.iow('K', 1, 4)));
        assertEquals(IoctlCommand.iow(0, 0, 0), IoctlCommand.IOW);
        assertEquals(IoctlCommand.iowr(0, 0, 0), IoctlCommand.IOWR);
    }
}
