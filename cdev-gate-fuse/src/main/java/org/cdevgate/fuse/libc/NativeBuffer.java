package org.cdevgate.fuse.libc;

import com.kenai.jffi.MemoryIO;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.cdevgate.abi.Errno;

/**
 * Page-aligned memory outside the heap, for messages from and to the kernel.
 *
 * <p>A page becomes resident when it is first touched, so that thousands of buffers of a mebibyte
 * whose messages are short stay small. The memory is unmapped when this object, {@link #bytes} and
 * every view of them are unreachable: a driver that keeps a view longer than it may meets later
 * data, but does not crash the JVM. Contents are zero at first.
 *
 * <p>Instances are immutable and may be shared; what guards the contents is the caller's business.
 */
public final class NativeBuffer {
    /** Unmaps from its own daemon thread; also closes descriptors. */
    public static final Cleaner CLEANER = Cleaner.create();

    private static final int PAGE_BYTES = Libc.CALLS.getpagesize();

    private final ByteBuffer root;
    private final long address;

    private NativeBuffer(long address, int bytes) {
        this.address = address;
        // Views made by slice(), duplicate() and the like refer to the buffer that has the memory
        // from JNI, which is this one. Its unreachability therefore means that none is left.
        this.root =
                MemoryIO.getInstance()
                        .newDirectByteBuffer(address, bytes)
                        .order(ByteOrder.nativeOrder());
        CLEANER.register(root, new Unmap(address, bytes));
    }

    /** Holds numbers only: a reference to the buffer would keep it for ever. */
    private record Unmap(long address, long bytes) implements Runnable {
        @Override
        public void run() {
            // munmap(2) of a whole mapping fails only if the process has run out of mappings (it
            // splits a merged one); the pages then stay, as a leak that nobody can act upon.
            Libc.CALLS.munmap(address, bytes);
        }
    }

    /**
     * Maps new memory.
     *
     * @param bytes size, 1 or more; the memory is rounded up to whole pages, the buffer is not
     * @throws IllegalArgumentException if {@code bytes} is below 1
     * @throws OutOfMemoryError if the kernel refuses; the message says which limits to look at
     */
    public static NativeBuffer allocate(int bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("cannot allocate " + bytes + " bytes; ask for 1+");
        }
        long address =
                Libc.CALLS.mmap(
                        null,
                        bytes,
                        Libc.PROT_READ | Libc.PROT_WRITE,
                        Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS | Libc.MAP_NORESERVE,
                        -1,
                        0);
        if (address == -1) {
            throw new OutOfMemoryError(
                    "mmap(2) of "
                            + bytes
                            + " bytes failed with "
                            + Errno.describe(Libc.errno())
                            + "; raise ulimit -v, the cgroup's memory limit or vm.max_map_count,"
                            + " or use fewer or smaller buffers");
        }
        // The kernel merges neighbouring buffers into one area, which it would back with huge pages
        // at the first touch where those are always on. A kernel without huge pages says EINVAL.
        Libc.CALLS.madvise(address, bytes, Libc.MADV_NOHUGEPAGE);
        return new NativeBuffer(address, bytes);
    }

    /** Returns the machine's page size in bytes. */
    public static int pageBytes() {
        return PAGE_BYTES;
    }

    /** Returns the whole memory in native byte order: always the same object. */
    public ByteBuffer bytes() {
        return root;
    }

    /**
     * Returns a new zero-based view in native byte order.
     *
     * @param offset index of its first byte
     * @param length its capacity
     * @throws IndexOutOfBoundsException if the region is not within this buffer
     */
    public ByteBuffer view(int offset, int length) {
        // Not of root itself, whose limit the caller may have moved.
        return root.duplicate().clear().slice(offset, length).order(ByteOrder.nativeOrder());
    }

    /**
     * Gives the kernel back what stands in a part of this buffer, which from then on reads as
     * zeros; the pages at its ends that it does not fill stay as they are. Nobody may be using it.
     * Allocates nothing.
     *
     * @param from index of the first byte
     * @param to index behind the last
     */
    public void discard(int from, int to) {
        long page = PAGE_BYTES;
        long first = (from + page - 1) & -page;
        long end = to == capacity() ? to : to & -page;
        if (first < end) {
            // It fails, with EINVAL, for memory that is locked (mlockall(2)): nothing is lost then.
            Libc.CALLS.madvise(address + first, end - first, Libc.MADV_DONTNEED);
        }
    }

    /** Returns the address of the first byte, valid while this object is reachable. */
    public long address() {
        return address;
    }

    /** Returns the size in bytes. */
    public int capacity() {
        return root.capacity();
    }
}
