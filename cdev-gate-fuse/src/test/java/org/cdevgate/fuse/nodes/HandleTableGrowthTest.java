package org.cdevgate.fuse.nodes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.front.Caller;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests find their files while others are opened and closed beside them. */
class HandleTableGrowthTest {
    private static final int FILES = 20_000;
    private static final int READERS = 3;

    private final HandleTable table = new HandleTable();
    private final FopsGate gate = FopsGate.of("device", new FileOperations() {});
    private final Device device = StrayDevice.of(gate);
    private final AtomicLongArray fhs = new AtomicLongArray(FILES);
    private final AtomicReferenceArray<OpenHandle> handles = new AtomicReferenceArray<>(FILES);
    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicReference<String> wrong = new AtomicReference<>();

    private void lookUpUntilAllAreOpen(int step) {
        int at = 0;
        while (wrong.get() == null) {
            int known = opened.get();
            if (known > 0) {
                at = (at + step) % known;
                check(at);
                check(known - 1); // the one that made it grow
            }
            if (known == FILES) {
                return;
            }
        }
    }

    private void check(int file) {
        try {
            if (table.get(fhs.get(file)) != handles.get(file)) {
                wrong.compareAndSet(null, "file " + file + " is another one");
            }
        } catch (ErrnoException e) {
            wrong.compareAndSet(null, "file " + file + " is open and was refused: " + e);
        }
    }

    @Test
    @Timeout(60)
    void eachOpenFileIsFoundWhileTheTableGrows() throws InterruptedException {
        List<Thread> readers = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
            int step = 7919 + i;
            readers.add(new Thread(() -> lookUpUntilAllAreOpen(step), "test-reader"));
        }
        readers.forEach(Thread::start);
        for (int file = 0; file < FILES; file++) {
            OpenHandle handle =
                    new OpenHandle(device, 7, gate.front().newFile(0, Caller.local()), null);
            handles.set(file, handle);
            fhs.set(file, table.add(handle));
            opened.set(file + 1);
            // A file that comes and goes at once, so that slots are used again.
            table.remove(
                    table.add(
                            new OpenHandle(
                                    device, 7, gate.front().newFile(0, Caller.local()), null)));
        }
        for (Thread reader : readers) {
            reader.join();
        }
        assertNull(wrong.get());
        assertEquals(FILES, table.size());
    }
}
