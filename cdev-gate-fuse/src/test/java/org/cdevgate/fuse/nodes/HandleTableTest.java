package org.cdevgate.fuse.nodes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.front.Caller;
import org.junit.jupiter.api.Test;

class HandleTableTest {
    private final HandleTable table = new HandleTable();
    private final FopsGate gate = FopsGate.of("device", new FileOperations() {});
    private final Device device = StrayDevice.of(gate);

    private OpenHandle handle() {
        return new OpenHandle(device, 7, gate.front().newFile(0, Caller.local()), null);
    }

    private void assertStale(long fh) {
        assertEquals(
                Errno.EBADF.number(),
                assertThrows(ErrnoException.class, () -> table.get(fh)).errno(),
                "a request would reach another file");
    }

    /** fh 0 means that the table was emptied for good: the file would be closed again at once. */
    @Test
    void aSlotThatWasUsedFourBillionTimesIsStillAFile() throws ErrnoException {
        HandleTable old = new HandleTable(-1);
        OpenHandle handle = handle();
        long fh = old.add(handle);
        assertNotEquals(0, fh);
        assertSame(handle, old.get(fh));
    }

    @Test
    void eachFileIsFoundByItsOwnHandleWhileTheTableGrows() throws ErrnoException {
        Map<Long, OpenHandle> open = new HashMap<>();
        for (int i = 0; i < 1000; i++) {
            OpenHandle handle = handle();
            open.put(table.add(handle), handle);
        }
        assertEquals(1000, open.size(), "two files got the same fh");
        for (Map.Entry<Long, OpenHandle> each : open.entrySet()) {
            assertSame(each.getValue(), table.get(each.getKey()));
        }
        assertEquals(1000, table.size());
        for (int i = 0; i < 1000; i++) {
            assertTrue(open.containsValue(table.takeAny()));
        }
        assertNull(table.takeAny());
        assertEquals(0, table.add(handle()), "it would never be closed");
        assertEquals(0, table.size());
    }

    @Test
    void aSlotThatIsUsedAgainHasAnotherHandle() throws ErrnoException {
        long first = table.add(handle());
        table.remove(first);
        OpenHandle second = handle();
        long fh = table.add(second);
        assertNotEquals(first, fh);
        assertStale(first);
        assertNull(table.remove(first), "a stale RELEASE would close another file");
        assertSame(second, table.get(fh));
    }

    @Test
    void aHandleThatWasNeverGivenOutIsRefused() {
        for (long fh : new long[] {0, -1, 5, 1L << 32, Long.MAX_VALUE, Integer.MAX_VALUE}) {
            assertStale(fh);
            assertNull(table.remove(fh));
        }
    }

    @Test
    void aFileClosedInTheMiddleOfARequestIsReleasedWhenThatHasEnded() throws ErrnoException {
        OpenHandle handle = new OpenHandle(device, 7, gate.front().open(0, Caller.local()), null);
        assertEquals(true, handle.enter());
        handle.close();
        assertEquals(false, handle.file.isReleased(), "released beside a running call");
        assertEquals(false, handle.enter(), "a request entered a closed file");
        handle.exit();
        assertEquals(true, handle.file.isReleased(), "never released");
        handle.close();
    }
}
