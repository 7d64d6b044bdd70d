package org.cdevgate.gate;

import static org.cdevgate.gate.Answers.LOCAL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.cdevgate.abi.OpenFlags;
import org.junit.jupiter.api.Test;

/** Reads and writes that are of pages of a mapping, and pages that a driver takes away. */
class MappedPagesTest {
    private final List<String> events = new ArrayList<>();
    private final FileOperations driver =
            new FileOperations() {
                @Override
                public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
                    return note("read", position, call);
                }

                @Override
                public int write(OpenFile file, ByteBuffer src, long position, Call call) {
                    return note("write", position, call);
                }

                @Override
                public int ioctl(
                        OpenFile file, int command, long argument, ByteBuffer data, Call call) {
                    file.unmapMappingRange(4096, 4096);
                    events.add("unmapped");
                    return 0;
                }

                private int note(String verb, long position, Call call) {
                    events.add(verb + (call.isMappedPage() ? " of a page at " : " at ") + position);
                    return 1;
                }
            };

    /** A front's caller: the page faults of a process, and what it does before its thread parks. */
    private final class Front extends ThreadlessCaller {
        private final boolean page;

        Front(boolean page) {
            this.page = page;
        }

        @Override
        protected boolean isMappedPage() {
            return page;
        }

        @Override
        protected void beforePark() {
            events.add("about to park");
        }
    }

    private static ByteBuffer one() {
        return ByteBuffer.allocate(1);
    }

    @Test
    void aStreamIsAskedForPagesWithTheirPositions() throws Exception {
        FopsGate gate = FopsGate.builder("camera", driver).mappable(() -> 8192).build();
        assertFalse(gate.front().isSeekable());
        assertTrue(gate.front().hasSleepingWrites());
        assertEquals(8192, gate.front().size());
        OpenFile file = Answers.open(gate);
        gate.front().read(file, one(), 4096, LOCAL);
        gate.front().read(file, one(), 4096, new Front(true));
        gate.front().write(file, one(), 4096, new Front(true));
        gate.front().write(file, one(), 4096, LOCAL);
        assertEquals(
                List.of(
                        "read at 0",
                        "read of a page at 4096",
                        "write of a page at 4096",
                        "write at 0"),
                events);
        assertEquals(0, file.position());
        gate.unregisterSync();
    }

    @Test
    void aPageDoesNotMoveThePositionOfASeekableFile() throws Exception {
        FopsGate gate = FopsGate.builder("disk", driver).seekable(() -> 8192).build();
        assertFalse(gate.front().hasSleepingWrites());
        OpenFile file = Answers.open(gate);
        gate.front().read(file, one(), 7, LOCAL);
        gate.front().read(file, one(), 4096, new Front(true));
        assertEquals(List.of("read at 7", "read of a page at 4096"), events);
        assertEquals(8, file.position());
        gate.unregisterSync();
    }

    @Test
    void pagesAreTakenFromTheFrontThatMappedTheFile() throws Exception {
        FopsGate gate = FopsGate.of("camera", driver);
        OpenFile file = Answers.open(gate);
        file.unmapMappingRange(0, 0);
        assertEquals(List.of(), events, "nobody has mapped it");
        file.setMappedPages((offset, length) -> events.add("unmap " + offset + " " + length));
        file.unmapMappingRange(0, 0);
        assertEquals(List.of("unmap 0 0"), events);
        events.clear();
        gate.front().ioctl(file, 1, 0, one(), new Front(false));
        assertEquals(List.of("about to park", "unmap 4096 4096", "unmapped"), events);
        events.clear();
        OpenFile other = gate.front().open(OpenFlags.O_RDWR, LOCAL);
        other.setMappedPages((offset, length) -> events.add("unmap the other"));
        gate.unmapMappingRange(0, 1);
        assertTrue(events.containsAll(List.of("unmap 0 1", "unmap the other")), events::toString);
        gate.unregisterSync();
    }

    @Test
    void aRangeThatIsNoneIsRefused() throws Exception {
        FopsGate gate = FopsGate.of("camera", driver);
        OpenFile file = Answers.open(gate);
        for (long[] range : new long[][] {{-1, 1}, {0, -4096}}) {
            IllegalArgumentException refused =
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> file.unmapMappingRange(range[0], range[1]));
            String negative = Long.toString(Math.min(range[0], range[1]));
            assertTrue(refused.getMessage().contains(negative), refused::getMessage);
        }
        gate.unregisterSync();
    }

    @Test
    void aSeekableDeviceMaySayThatItsWritesSleep() {
        GateBuilder builder = FopsGate.builder("tape", driver).seekable(() -> 1);
        assertTrue(builder.sleepingWrites().build().front().hasSleepingWrites());
    }
}
