package org.cdevgate.drivers;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.front.Caller;

/** A process, and its memory: what is not mapped gets EFAULT. */
public class CallerWithMemory extends Caller {
    public final ByteBuffer memory;
    private final int first;

    /**
     * A process with memory from one address up to another.
     *
     * @param first the lowest address that is mapped
     * @param end the lowest address above it that is not
     */
    public CallerWithMemory(int first, int end) {
        this.first = first;
        memory = ByteBuffer.allocate(end).order(ByteOrder.nativeOrder());
    }

    @Override
    protected final void copyFromUser(long address, ByteBuffer dst) throws ErrnoException {
        dst.put(at(address, dst.remaining()));
    }

    @Override
    protected final void copyToUser(long address, ByteBuffer src) throws ErrnoException {
        at(address, src.remaining()).put(src);
    }

    private ByteBuffer at(long address, int length) throws ErrnoException {
        if (length > 0 && (address < first || address > memory.capacity() - length)) {
            throw Errno.EFAULT.exception();
        }
        return length == 0 ? ByteBuffer.allocate(0) : memory.slice((int) address, length);
    }

    @Override
    public final int tid() {
        return 1;
    }

    @Override
    public final int pid() {
        return 1;
    }

    @Override
    public final int uid() {
        return 0;
    }

    @Override
    public final int gid() {
        return 0;
    }
}
