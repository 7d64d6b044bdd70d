package org.cdevgate.fuse.nodes;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;

/**
 * Open files by the fh that the kernel gives back in every request: the slot's index, and in the
 * upper half how often the slot was used, so that a stale fh is refused instead of meaning another
 * file. Looking one up takes no lock and allocates nothing.
 */
final class HandleTable {
    private record Slot(long fh, OpenHandle handle) {}

    // Written under this object's lock, replaced when it grows; read without the lock.
    private volatile AtomicReferenceArray<Slot> slots = new AtomicReferenceArray<>(16);

    // Guarded by this.
    private int[] uses = new int[16];
    private int[] free = new int[16];
    private int freeCount;
    private int used;
    private boolean closed;

    /** Makes an empty table. */
    HandleTable() {
        this(0);
    }

    /** Makes an empty table whose first slots were used so often; for tests. */
    HandleTable(int usedBefore) {
        Arrays.fill(uses, usedBefore);
    }

    /**
     * Puts a file in.
     *
     * @return its fh, never 0; 0 if the table was emptied for good
     */
    synchronized long add(OpenHandle handle) {
        if (closed) {
            return 0;
        }
        int index;
        if (freeCount > 0) {
            index = free[--freeCount];
        } else {
            index = used++;
            if (index == slots.length()) {
                slots = grown(slots);
                uses = Arrays.copyOf(uses, 2 * index);
                free = Arrays.copyOf(free, 2 * index);
            }
        }
        int use = ++uses[index];
        if (use == 0) {
            use = ++uses[index]; // after 4 billion openings: 0 with index 0 would be no file
        }
        long fh = (long) use << 32 | index;
        slots.set(index, new Slot(fh, handle));
        return fh;
    }

    // A reader of the old array misses only what is added later, and it cannot know that fh yet. A
    // file removed later it may still find, as if it had looked before.
    private static AtomicReferenceArray<Slot> grown(AtomicReferenceArray<Slot> old) {
        AtomicReferenceArray<Slot> grown = new AtomicReferenceArray<>(2 * old.length());
        for (int index = 0; index < old.length(); index++) {
            grown.set(index, old.get(index));
        }
        return grown;
    }

    /**
     * The file of an fh.
     *
     * @throws ErrnoException EBADF if it is not open
     */
    OpenHandle get(long fh) throws ErrnoException {
        AtomicReferenceArray<Slot> now = slots;
        int index = (int) fh;
        if (index >= 0 && index < now.length()) {
            Slot slot = now.get(index);
            if (slot != null && slot.fh == fh) {
                return slot.handle;
            }
        }
        throw Errno.EBADF.exception();
    }

    /** Takes a file out; null if it is not in. */
    synchronized OpenHandle remove(long fh) {
        int index = (int) fh;
        Slot slot = index < 0 || index >= used ? null : slots.get(index);
        if (slot == null || slot.fh != fh) {
            return null;
        }
        slots.set(index, null);
        free[freeCount++] = index;
        return slot.handle;
    }

    /** Takes all files out, for good: no RELEASE will come for one that is opened now. */
    synchronized List<OpenHandle> removeAll() {
        closed = true;
        List<OpenHandle> all = new ArrayList<>();
        for (int index = 0; index < used; index++) {
            Slot slot = slots.getAndSet(index, null);
            if (slot != null) {
                all.add(slot.handle);
                free[freeCount++] = index;
            }
        }
        return all;
    }

    synchronized int size() {
        return used - freeCount;
    }
}
