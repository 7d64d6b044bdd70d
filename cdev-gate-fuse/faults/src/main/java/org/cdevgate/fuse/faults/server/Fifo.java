package org.cdevgate.fuse.faults.server;

import java.nio.ByteBuffer;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;

/**
 * Words come and go with the hardware; sleeps on the library's queues, with or without a thread.
 */
class Fifo extends StampedDriver {
    private static final int CAPACITY = 16;

    private final boolean parks;
    private final WaitQueue readable = new WaitQueue("readable");
    private final WaitQueue writable = new WaitQueue("writable");
    private final WaitQueue pulsed = new WaitQueue("pulsed");

    // Guarded by this.
    private int words;
    private int pulses;

    Fifo(long generation, boolean parks) {
        super(generation);
        this.parks = parks;
    }

    @Override
    public int read(OpenFile file, ByteBuffer dst, long position, Call call) throws ErrnoException {
        while (true) {
            int taken = take(dst.remaining() / WORD);
            if (taken > 0) {
                writable.wakeUp();
                return stamp(dst, taken);
            }
            if (!parks) {
                return call.wouldBlock(readable);
            }
            call.await(readable, this::hasWords);
        }
    }

    @Override
    public int write(OpenFile file, ByteBuffer src, long position, Call call)
            throws ErrnoException {
        while (true) {
            int put = put(src.remaining() / WORD);
            if (put > 0) {
                readable.wakeUp();
                return put * WORD;
            }
            if (!parks) {
                return call.wouldBlock(writable);
            }
            call.await(writable, this::hasSpace);
        }
    }

    @Override
    public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call)
            throws ErrnoException {
        if (command != WAIT) {
            return quickIoctl(command, data);
        }
        return awaitPulse(call);
    }

    /** Takes a pulse of the hardware's, and sleeps until there is one. */
    final int awaitPulse(Call call) throws ErrnoException {
        while (!takePulse()) {
            if (!parks) {
                return call.wouldBlock(pulsed);
            }
            call.await(pulsed, this::hasPulse);
        }
        return 0;
    }

    @Override
    public int poll(OpenFile file, Call call) {
        call.pollWait(readable);
        call.pollWait(writable);
        return (hasWords() ? PollEvents.POLLIN : 0) | (hasSpace() ? PollEvents.POLLOUT : 0);
    }

    private synchronized int take(int wanted) {
        int taken = Math.min(wanted, words);
        words -= taken;
        return taken;
    }

    private synchronized int put(int offered) {
        int put = Math.min(offered, CAPACITY - words);
        words += put;
        return put;
    }

    private synchronized boolean takePulse() {
        if (pulses == 0) {
            return false;
        }
        pulses--;
        return true;
    }

    private synchronized boolean hasWords() {
        return words > 0;
    }

    private synchronized boolean hasSpace() {
        return words < CAPACITY;
    }

    private synchronized boolean hasPulse() {
        return pulses > 0;
    }

    @Override
    void tick() {
        synchronized (this) {
            pulses = 1;
            words = words < CAPACITY / 2 ? words + 2 : words - 2;
        }
        readable.wakeUp();
        writable.wakeUp();
        pulsed.wakeUp();
    }
}
