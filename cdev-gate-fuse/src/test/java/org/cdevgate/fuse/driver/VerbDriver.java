package org.cdevgate.fuse.driver;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.IoctlCommand;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.GateBuilder;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;
import org.cdevgate.gate.calls.Verb;

/**
 * Has every verb. One of them, of the test's choice, waits until {@link #answer}; the others answer
 * at once. {@link #PAGES} pages may be mapped.
 */
public final class VerbDriver extends CountingDriver {
    /** What read gives, over and over. */
    public static final String DATA = "abc";

    /** ioctl: the 8 bytes come back as they are; returns 8. */
    public static final int EXCHANGE = IoctlCommand.iowr('T', 6, 8);

    /** Bytes of a page. */
    public static final int PAGE = 4096;

    /** Size of the device in pages. */
    public static final int PAGES = 4;

    private final Verb waitingVerb;
    private final Waiting waiting;
    private final WaitQueue queue = new WaitQueue("answer");
    private final CountDownLatch answered = new CountDownLatch(1);
    private final AtomicInteger inOwnCode = new AtomicInteger();
    private final AtomicInteger ignored = new AtomicInteger();
    private volatile boolean hot;

    /**
     * Makes one.
     *
     * @param waitingVerb the verb that waits; null for none. POLL is not ready instead of waiting
     * @param waiting how
     */
    public VerbDriver(Verb waitingVerb, Waiting waiting) {
        this.waitingVerb = waitingVerb;
        this.waiting = waiting;
    }

    /** A gate to it. */
    public FopsGate gate(String name, boolean seekable) {
        GateBuilder builder = FopsGate.builder(name, this);
        return seekable
                ? builder.seekable(() -> PAGES * PAGE).sleepingWrites().build()
                : builder.mappable(() -> PAGES * PAGE).build();
    }

    private boolean isAnswered() {
        return answered.getCount() == 0;
    }

    /** Returns the result, after the wait that is asked for. */
    private int answer(Verb verb, int result, Call call)
            throws ErrnoException, InterruptedException {
        if (verb != waitingVerb || isAnswered()) {
            return result;
        }
        switch (waiting) {
            case PARKED -> call.await(queue, this::isAnswered);
            case THREADLESS -> {
                return call.wouldBlock(queue);
            }
            case OWN_CODE, DEAF -> awaitInOwnCode();
        }
        return result;
    }

    private void awaitInOwnCode() throws InterruptedException {
        inOwnCode.incrementAndGet();
        try {
            while (true) {
                try {
                    answered.await();
                    return;
                } catch (InterruptedException e) {
                    if (waiting.isHonouring()) {
                        throw e;
                    }
                    ignored.incrementAndGet();
                }
            }
        } finally {
            inOwnCode.decrementAndGet();
        }
    }

    /** How many calls wait in code that the gate knows nothing of. */
    public int inOwnCode() {
        return inOwnCode.get();
    }

    /** How many interrupts were ignored. */
    public int ignoredInterrupts() {
        return ignored.get();
    }

    /** What the waiting verb waits for: now, and whenever it is called later. */
    public void answer() {
        answered.countDown();
        queue.wakeUp();
    }

    /** Makes the device ready for poll, if that is what it waits for. */
    public void ready() {
        hot = true;
        queue.wakeUp();
    }

    @Override
    public int open(OpenFile file, Call call) throws ErrnoException {
        int result;
        try {
            result = answer(Verb.OPEN, 0, call);
        } catch (InterruptedException e) {
            throw Errno.EINTR.exception(); // the gate would say the same
        }
        return result == 0 ? super.open(file, call) : result;
    }

    @Override
    public int read(OpenFile file, ByteBuffer dst, long position, Call call)
            throws ErrnoException, InterruptedException {
        if (call.isMappedPage()) {
            for (int i = 0; i < dst.limit(); i++) {
                dst.put(i, (byte) 'p');
            }
            return dst.limit();
        }
        int result = answer(Verb.READ, Math.min(DATA.length(), dst.limit()), call);
        if (result > 0) {
            dst.put(0, DATA.getBytes(StandardCharsets.US_ASCII), 0, result);
        }
        return result;
    }

    @Override
    public int write(OpenFile file, ByteBuffer src, long position, Call call)
            throws ErrnoException, InterruptedException {
        return answer(Verb.WRITE, src.limit(), call);
    }

    @Override
    public long llseek(OpenFile file, long offset, int whence, Call call) {
        return offset;
    }

    @Override
    public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call)
            throws ErrnoException, InterruptedException {
        return answer(Verb.IOCTL, data.limit(), call);
    }

    @Override
    public int poll(OpenFile file, Call call) {
        call.pollWait(queue);
        return waitingVerb != Verb.POLL || hot ? PollEvents.POLLIN | PollEvents.POLLRDNORM : 0;
    }

    @Override
    public int mmap(OpenFile file, long offset, long length, Call call)
            throws ErrnoException, InterruptedException {
        return answer(Verb.MMAP, 0, call);
    }

    @Override
    public int fsync(OpenFile file, boolean dataOnly, Call call)
            throws ErrnoException, InterruptedException {
        return answer(Verb.FSYNC, 0, call);
    }

    @Override
    public int flush(OpenFile file, Call call) throws ErrnoException, InterruptedException {
        return answer(Verb.FLUSH, 0, call);
    }
}
