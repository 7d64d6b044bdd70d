package org.cdevgate.fuse.nodes;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Predicate;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.jspecify.annotations.Nullable;

/**
 * Open files by the fh that the kernel gives back in every request: the slot's index, and in the
 * upper half how often the slot was used, so that a stale fh is refused instead of meaning another
 * file. Looking one up takes no lock and allocates nothing.
 */
final class HandleTable {
    private record Slot(long fh, OpenHandle handle) {}

    // Written under this object's lock, replaced when it grows; read without the lock.
    private volatile AtomicReferenceArray<@Nullable Slot> slots = new AtomicReferenceArray<>(16);

    // Guarded by this.
    private int[] uses = new int[16];
    private int[] free = new int[16];
    private int freeCount;
    private int used;
    private boolean closed;
    private int emptied; // up to here, since it is closed

    /** Makes an empty table. */
    HandleTable() {
        this(0);
    }

    /** Makes an empty table whose first slots were used that many times; for tests. */
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
        if (freeCount == 0 && used == slots.length()) {
            grow();
        }
        int index = freeCount > 0 ? free[freeCount - 1] : used;
        int use = uses[index] + 1;
        if (use == 0) {
            use++; // after 4 billion openings: 0 with index 0 would be no file
        }
        long fh = (long) use << 32 | index;
        Slot slot = new Slot(fh, handle);
        // From here on nothing can fail for want of memory.
        if (freeCount > 0) {
            freeCount--;
        } else {
            used++;
        }
        uses[index] = use;
        slots.set(index, slot);
        return fh;
    }

    private void grow() {
        AtomicReferenceArray<@Nullable Slot> moreSlots = grown(slots);
        int[] moreUses = Arrays.copyOf(uses, moreSlots.length());
        int[] moreFree = Arrays.copyOf(free, moreSlots.length());
        uses = moreUses;
        free = moreFree;
        slots = moreSlots;
    }

    // A reader of the old array misses only what is added later, and it cannot know that fh yet. A
    // file removed later it may still find, as if it had looked before.
    private static AtomicReferenceArray<@Nullable Slot> grown(
            AtomicReferenceArray<@Nullable Slot> old) {
        AtomicReferenceArray<@Nullable Slot> grown = new AtomicReferenceArray<>(2 * old.length());
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
        AtomicReferenceArray<@Nullable Slot> now = slots;
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
    synchronized @Nullable OpenHandle remove(long fh) {
        int index = (int) fh;
        Slot slot = index < 0 || index >= used ? null : slots.get(index);
        if (slot == null || slot.fh != fh) {
            return null;
        }
        slots.set(index, null);
        free[freeCount++] = index;
        return slot.handle;
    }

    /** Whether something holds for any of the open files. */
    synchronized boolean any(Predicate<OpenHandle> condition) {
        for (int index = 0; index < used; index++) {
            Slot slot = slots.get(index);
            if (slot != null && condition.test(slot.handle)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Takes any file out, and lets none in from now on: no RELEASE will come for one that is opened
     * now. Null when all are out.
     */
    synchronized @Nullable OpenHandle takeAny() {
        closed = true;
        for (; emptied < used; emptied++) {
            Slot slot = slots.getAndSet(emptied, null);
            if (slot != null) {
                free[freeCount++] = emptied;
                return slot.handle;
            }
        }
        return null;
    }

    synchronized int size() {
        return used - freeCount;
    }
}
