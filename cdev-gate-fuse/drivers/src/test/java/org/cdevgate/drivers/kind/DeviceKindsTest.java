package org.cdevgate.drivers.kind;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.drivers.spec.InvalidSpecException;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.front.Caller;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeviceKindsTest {
    private final DeviceKinds kinds = DeviceKinds.load(DeviceKinds.class.getClassLoader());

    @TempDir Path folder;

    private FopsGate gate(KindDevice device) {
        return device.configure(FopsGate.builder("d", device.driver())).build();
    }

    private static String read(FopsGate gate, OpenFile file) throws ErrnoException {
        ByteBuffer dst = ByteBuffer.allocate(100);
        int count = gate.front().read(file, dst, 0, Caller.local());
        return new String(dst.array(), 0, count, StandardCharsets.ISO_8859_1);
    }

    private static int write(FopsGate gate, OpenFile file, String text) throws ErrnoException {
        return gate.front()
                .write(
                        file,
                        ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)),
                        0,
                        Caller.local());
    }

    private static OpenFile open(FopsGate gate) throws ErrnoException {
        return gate.front().open(OpenFlags.O_RDWR | OpenFlags.O_NONBLOCK, Caller.local());
    }

    /** Where a kind has to be given something its help says so by an option without a default. */
    @Test
    void everyKindIsMadeByItsDefaultsOrSaysWhatItWants() throws IOException {
        for (DeviceKind kind : kinds.all()) {
            try {
                KindDevice device = kinds.make(kind.name());
                assertEquals(device.period() != null, hasEvery(kind), kind.name());
            } catch (InvalidSpecException e) {
                assertTrue(e.getMessage().contains("; give "), e.getMessage());
            }
            for (KindOption option : kind.options()) {
                if (!option.standard().isEmpty()
                        && kind.options().stream().noneMatch(DeviceKindsTest::isFile)) {
                    kinds.make(kind.name() + ',' + option.name() + '=' + option.standard());
                }
            }
        }
    }

    private static boolean isFile(KindOption option) {
        return List.of("file", "script", "path").contains(option.name());
    }

    private static boolean hasEvery(DeviceKind kind) {
        return kind.options().stream().anyMatch(each -> each.name().equals("every"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nul | there is no kind nul; did you mean null?; there are camera, disk",
                "disk,sise=1 | kind disk has no sise; did you mean size?",
                "null,x=1 | kind null has no x; it takes nothing",
                "disk,size=0 | size=0; give 1 to 1G",
                "nmea,latitude=91 | latitude=91; give degrees from -90 to 90",
                "stream | kind stream: no file; give file=PATH",
                "script | kind script: no script; give script=PATH",
                "stream,file=-,then=again | give file=PATH, or then=wait or end",
                "disk,writes=saved | kind disk: writes=saved, but there is no image; give image=PATH",
                "disk,image=/dev/null | image=/dev/null is no regular file; give one",
                "gpio,lines=65 | kind gpio: lines=65; give a whole number from 1 to 64",
                "ec,version=a b | kind ec: version=a b; give up to 31 characters of ASCII",
                "null=x | kind null has no null; it takes nothing",
                "proxy | kind proxy: no path; give path=PATH",
                "proxy=/no/such | path=/no/such does not exist; give the path of a device node",
                "proxy=/tmp | path=/tmp is no device node; give one",
                "proxy=/dev/null,memory=1 | memory=1 is none of yes, no",
                "input,every=0s | kind input: every=0s; give more than zero"
            })
    void whatCannotBeMeantIsRefusedWithTheRemedy(String text, String remedy) {
        String message =
                assertThrows(InvalidSpecException.class, () -> kinds.make(text)).getMessage();
        assertTrue(message.contains(remedy), message);
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        assertEquals(
                "/no/such",
                assertThrows(NoSuchFileException.class, () -> kinds.make("disk,image=/no/such"))
                        .getMessage());
    }

    @Test
    void anImageIsTheContentOfADisk() throws Exception {
        Path image = Files.writeString(folder.resolve("image"), "content");
        FopsGate gate = gate(kinds.make("disk,size=1K,image=" + image));
        assertEquals(1024, gate.front().size());
        assertEquals("content", read(gate, open(gate)).substring(0, 7));
        gate.unregisterSync();
    }

    @Test
    void whatIsWrittenToADiskIsSavedIfItIsToBe() throws Exception {
        Path image = Files.writeString(folder.resolve("image"), "content");
        FopsGate gate = gate(kinds.make("disk,size=1K,writes=saved,image=" + image));
        OpenFile file = open(gate);
        assertEquals(3, write(gate, file, "CON"));
        gate.front().fsync(file, true, Caller.local());
        gate.unregisterSync();
        assertEquals(1024, Files.size(image));
        assertEquals("CONtent", Files.readString(image).substring(0, 7));
        FopsGate forgetful = gate(kinds.make("disk,image=" + image));
        assertEquals(3, write(forgetful, open(forgetful), "xyz"));
        assertEquals("CON", Files.readString(image).substring(0, 3), "nobody asked for that");
        forgetful.unregisterSync();
    }

    @Test
    void anEchoIsAPipe() throws Exception {
        FopsGate gate = gate(kinds.make("echo,capacity=4"));
        OpenFile file = open(gate);
        assertEquals(4, write(gate, file, "abcdef"));
        assertEquals(
                Errno.EAGAIN.number(),
                assertThrows(ErrnoException.class, () -> write(gate, file, "x")).errno());
        assertEquals("abcd", read(gate, file));
        assertEquals(
                Errno.EAGAIN.number(),
                assertThrows(ErrnoException.class, () -> read(gate, file)).errno());
        gate.unregisterSync();
    }

    @Test
    void aStreamGivesALineAtEachTick() throws Exception {
        Path lines = Files.writeString(folder.resolve("lines"), "one\ntwo\n");
        KindDevice device = kinds.make("stream,then=end,file=" + lines);
        FopsGate gate = gate(device);
        OpenFile file = open(gate);
        device.tick();
        assertEquals("one\n", read(gate, file));
        device.tick();
        device.tick();
        assertEquals("two\n", read(gate, file));
        assertEquals("", read(gate, file));
        gate.unregisterSync();
    }

    @Test
    void aStreamGivesTheBytesOfItsFile() throws Exception {
        byte[] longLine = new byte[100_000];
        Arrays.fill(longLine, (byte) 0xff);
        longLine[longLine.length - 1] = '\n';
        Path lines = folder.resolve("lines");
        Files.write(lines, "a\r\n".getBytes(StandardCharsets.ISO_8859_1));
        Files.write(lines, longLine, StandardOpenOption.APPEND);
        Files.write(lines, new byte[] {'\n', (byte) 0xe9}, StandardOpenOption.APPEND);
        KindDevice device = kinds.make("stream,then=end,file=" + lines);
        FopsGate gate = gate(device);
        OpenFile file = open(gate);
        device.tick();
        assertEquals("a\r\n", read(gate, file));
        device.tick();
        for (int i = 0; i < longLine.length; i += 100) {
            assertEquals(
                    new String(longLine, i, 100, StandardCharsets.ISO_8859_1), read(gate, file));
        }
        device.tick();
        assertEquals("\n", read(gate, file));
        device.tick();
        assertEquals("\u00e9", read(gate, file), "the end of the file is not a line's");
        device.tick();
        assertEquals("", read(gate, file));
        gate.unregisterSync();
    }

    @Test
    void aDeviceWithoutAPeriodDoesNothingByItself() throws IOException {
        KindDevice device = kinds.make("null");
        assertNull(device.period());
        device.tick();
    }

    @Test
    void anOptionOfTheKindsOwnNameTakesTheValueAtOnce() throws Exception {
        Path script = Files.writeString(folder.resolve("modem"), "expect AT\nanswer OK\n");
        FopsGate gate = gate(kinds.make("script=" + script));
        OpenFile file = open(gate);
        assertEquals(2, write(gate, file, "AT"));
        assertEquals("OK", read(gate, file));
        gate.unregisterSync();
    }
}
