package org.cdevgate.fuse.libc;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.cdevgate.fuse.harness.Within;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NativeBufferTest {
    private static final int LARGE = 64 << 20;

    @Test
    void memoryIsPageAlignedZeroedAndInNativeOrder() {
        NativeBuffer buffer = NativeBuffer.allocate(5000);
        assertAll(
                () -> assertEquals(0, buffer.address() % NativeBuffer.pageBytes()),
                () -> assertEquals(5000, buffer.capacity()),
                () -> assertEquals(5000, buffer.bytes().capacity()),
                () -> assertSame(buffer.bytes(), buffer.bytes()),
                () -> assertEquals(ByteOrder.nativeOrder(), buffer.bytes().order()),
                () -> assertEquals(0, buffer.bytes().getLong(4992)));
    }

    @Test
    void viewsAreZeroBasedWindowsWhateverTheLimitOfTheWhole() {
        NativeBuffer buffer = NativeBuffer.allocate(8192);
        buffer.bytes().putInt(100, 0x01020304).position(3).limit(7);
        ByteBuffer view = buffer.view(100, 8);
        assertAll(
                () -> assertEquals(8, view.capacity()),
                () -> assertEquals(ByteOrder.nativeOrder(), view.order()),
                () -> assertEquals(0x01020304, view.getInt(0)),
                () -> assertThrows(IndexOutOfBoundsException.class, () -> buffer.view(8190, 3)));
    }

    @Test
    void untouchedPagesAreNotResident() throws IOException {
        long before = residentKilobytes();
        NativeBuffer[] buffers = new NativeBuffer[1000];
        for (int i = 0; i < buffers.length; i++) {
            buffers[i] = NativeBuffer.allocate(1 << 20);
            buffers[i].bytes().putInt(0, i);
        }
        long grown = residentKilobytes() - before;
        assertTrue(grown < 100_000, "1000 idle buffers of 1 MiB made " + grown + " KiB resident");
        assertEquals(999, buffers[999].bytes().getInt(0));
    }

    /** A driver that keeps what it was lent must not crash the JVM. */
    @ParameterizedTest
    @ValueSource(strings = {"view", "view of a view", "duplicate", "whole"})
    void memoryLivesAsLongAsAnyViewOfIt(String kind) throws IOException {
        ByteBuffer kept = lend(kind);
        for (int i = 0; i < 3; i++) {
            long forgotten = allocateAndForget();
            awaitUnmapped(forgotten); // so this one would be by now too
            assertEquals(42, kept.get(0));
            kept.put(1, (byte) i);
        }
    }

    private static ByteBuffer lend(String kind) {
        NativeBuffer buffer = NativeBuffer.allocate(LARGE);
        buffer.bytes().put(0, (byte) 42);
        return switch (kind) {
            case "view" -> buffer.view(0, 4096);
            case "view of a view" -> buffer.view(0, 4096).slice(0, 64);
            case "duplicate" -> buffer.bytes().duplicate();
            default -> buffer.bytes();
        };
    }

    @Test
    void memoryIsUnmappedWhenNobodyCanReachIt() throws IOException {
        awaitUnmapped(allocateAndForget());
    }

    private static void awaitUnmapped(long address) {
        Within.limit(
                "unreachable memory is unmapped",
                () -> {
                    System.gc();
                    return !isMapped(address);
                });
    }

    private static long allocateAndForget() throws IOException {
        NativeBuffer buffer = NativeBuffer.allocate(LARGE);
        long middle = buffer.address() + LARGE / 2;
        assertTrue(isMapped(middle));
        assertEquals(0, buffer.bytes().get(0));
        return middle;
    }

    @Test
    void sizesThatCannotBeAreRefusedWithTheRemedy() {
        assertThrows(IllegalArgumentException.class, () -> NativeBuffer.allocate(0));
        assertThrows(IllegalArgumentException.class, () -> NativeBuffer.allocate(-4096));
    }

    private static boolean isMapped(long address) throws IOException {
        List<String> maps = Files.readAllLines(Path.of("/proc/self/maps"));
        return maps.stream()
                .anyMatch(
                        line -> {
                            int dash = line.indexOf('-');
                            long from = Long.parseUnsignedLong(line.substring(0, dash), 16);
                            long to =
                                    Long.parseUnsignedLong(
                                            line.substring(dash + 1, line.indexOf(' ')), 16);
                            return Long.compareUnsigned(from, address) <= 0
                                    && Long.compareUnsigned(address, to) < 0;
                        });
    }

    private static long residentKilobytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("RssAnon:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow();
    }
}
