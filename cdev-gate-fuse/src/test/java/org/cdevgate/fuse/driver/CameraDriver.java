package org.cdevgate.fuse.driver;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.IoctlCommand;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;

/**
 * A stream of frames, and two buffers of a page to be mapped. Each byte of a buffer is the number
 * of the frame in it; read(2) gives the number of the next frame.
 */
public final class CameraDriver extends CountingDriver {
    /** ioctl: puts the next frame into the buffer whose turn it is; returns the frame's number. */
    public static final int NEXT_FRAME = IoctlCommand.io('T', 5);

    /** Bytes of a buffer. */
    public static final int BUFFER = 4096;

    private static final int BUFFERS = 2;

    private final byte[] memory = new byte[BUFFERS * BUFFER]; // guarded by itself
    private final List<Long> pagesRead = Collections.synchronizedList(new ArrayList<>());
    private int frames; // guarded by this

    /** A gate to this camera that knows the size of its memory. */
    public FopsGate gate(String name) {
        return FopsGate.builder(name, this).mappable(() -> memory.length).build();
    }

    @Override
    public int mmap(OpenFile file, long offset, long length, Call call) {
        return 0;
    }

    @Override
    public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
        if (!call.isMappedPage()) {
            dst.put((byte) nextFrame(file));
            return 1;
        }
        pagesRead.add(position);
        synchronized (memory) {
            int count = (int) Math.max(0, Math.min(dst.remaining(), memory.length - position));
            dst.put(memory, (int) Math.min(position, memory.length), count);
            return count;
        }
    }

    @Override
    public int write(OpenFile file, ByteBuffer src, long position, Call call)
            throws ErrnoException {
        if (!call.isMappedPage()) {
            throw Errno.EINVAL.exception();
        }
        synchronized (memory) {
            src.get(memory, (int) position, src.limit());
            return src.limit();
        }
    }

    @Override
    public int fsync(OpenFile file, boolean dataOnly, Call call) {
        return 0; // for msync
    }

    @Override
    public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call)
            throws ErrnoException {
        if (command != NEXT_FRAME) {
            throw Errno.ENOTTY.exception();
        }
        return nextFrame(file);
    }

    private synchronized int nextFrame(OpenFile file) {
        int frame = ++frames;
        int buffer = (frame - 1) % BUFFERS * BUFFER;
        // Before it is filled: a changed page would be written over the new frame.
        file.unmapMappingRange(buffer, BUFFER);
        synchronized (memory) {
            java.util.Arrays.fill(memory, buffer, buffer + BUFFER, (byte) frame);
        }
        file.unmapMappingRange(buffer, BUFFER);
        return frame;
    }

    /** The byte at a place of the memory. */
    public int memoryAt(int offset) {
        synchronized (memory) {
            return memory[offset];
        }
    }

    /** Positions of the pages that were read for mappings, in order. */
    public List<Long> pagesRead() {
        return List.copyOf(pagesRead);
    }
}
