package org.cdevgate.fuse.libc;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Memory for the C structs and strings of one operation, given out from the start and freed all at
 * once when unreachable. Addresses are 16-byte aligned, as malloc(3) aligns them. Not for hot
 * paths.
 */
public final class NativeArena {
    private static final int ALIGNMENT = 16;
    private static final int POINTER_BYTES = 8;

    private final NativeBuffer memory;
    private int used;

    /** Makes an arena of so many bytes. */
    public NativeArena(int bytes) {
        memory = NativeBuffer.allocate(bytes);
    }

    /** Takes a zeroed region, as a view whose address is {@link #address}. */
    public ByteBuffer take(int bytes) {
        ByteBuffer region = memory.view(used, bytes);
        used = Math.min((used + bytes + ALIGNMENT - 1) & -ALIGNMENT, memory.capacity());
        return region;
    }

    /** Returns the address that the next {@link #take} will have. */
    public long address() {
        return memory.address() + used;
    }

    /** Stores a NUL-terminated string and returns its address. */
    public long string(String text) {
        byte[] bytes = Libc.cString(text);
        long address = address();
        take(bytes.length).put(bytes);
        return address;
    }

    /** Stores strings and the NULL-terminated array of their addresses, which it returns. */
    public long strings(List<String> texts) {
        long[] pointers = texts.stream().mapToLong(this::string).toArray();
        long address = address();
        ByteBuffer array = take((pointers.length + 1) * POINTER_BYTES);
        for (long pointer : pointers) {
            array.putLong(pointer);
        }
        return address;
    }
}
