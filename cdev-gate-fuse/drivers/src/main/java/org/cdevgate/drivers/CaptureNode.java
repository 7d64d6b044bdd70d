package org.cdevgate.drivers;

import static org.cdevgate.drivers.V4l2.*;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.GateBuilder;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;
import org.cdevgate.gate.removal.RemovalProfile;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node of V4L2 that captures, with its buffers: what videobuf2 is in the kernel, the part that
 * drivers have in common. An open file that asks for buffers owns the queue: it puts buffers in,
 * and takes each out when there is a frame in it. Others may look, but get EBUSY where they would
 * disturb. A file that reads is an owner too, of buffers that it does not see.
 *
 * <p>A program has the buffers mapped, and its kernel keeps their pages. So VIDIOC_DQBUF takes the
 * pages of the buffer away before it returns, and the program's next touch asks {@link #read}.
 */
abstract class CaptureNode implements FileOperations {
    private static final Logger LOG = LoggerFactory.getLogger(CaptureNode.class);
    private static final int PAGE = 4096;
    private static final int MOST_BUFFERS = 8; // they are always there
    static final int READ_BUFFERS = 3;

    /** Where a buffer is: with the program, waiting for a frame, holding one, on its way out. */
    private enum State {
        DEQUEUED,
        QUEUED,
        DONE,
        LEAVING
    }

    private static final class Buffer {
        final int index;
        final int offset;
        State state = State.DEQUEUED;
        int bytesUsed;
        int bytesRead;
        int sequence;
        long nanos;

        Buffer(int index, int stride) {
            this.index = index;
            offset = index * stride;
        }
    }

    private final Object lock; // guards what is not final
    private final int type;
    private final int capabilities;
    private final int stride; // from buffer to buffer, whole pages
    private final byte[] memory;
    private final WaitQueue done = new WaitQueue("frames");
    private final Deque<Buffer> empty = new ArrayDeque<>();
    private final Deque<Buffer> filled = new ArrayDeque<>();
    private List<Buffer> buffers = List.of();
    private @Nullable OpenFile owner;
    private boolean ownerReads; // and the buffers are the driver's
    private int sequence;
    private boolean streaming;

    /**
     * @param lock held while frames are made and formats negotiated
     * @param type V4L2_BUF_TYPE_ of the node
     * @param capability V4L2_CAP_ of the node
     * @param largestFrame bytes
     */
    CaptureNode(Object lock, int type, int capability, int largestFrame) {
        this.lock = lock;
        this.type = type;
        capabilities = capability | V4L2_CAP_STREAMING | V4L2_CAP_READWRITE;
        stride = (largestFrame + PAGE - 1) / PAGE * PAGE;
        memory = new byte[MOST_BUFFERS * stride];
    }

    /** To build the gate of this node with. */
    final GateBuilder gate(String name) {
        return FopsGate.builder(name, this)
                .mappable(this::memoryBytes)
                .removalProfile(RemovalProfile.V4L2);
    }

    final int memoryBytes() {
        return memory.length;
    }

    /** How large a frame is, in bytes. */
    abstract int frameBytes();

    /** Streaming has begun or ended. */
    abstract void streamingChanged();

    /** A command that not every node has: about formats, above all. */
    abstract void negotiate(int command, ByteBuffer data) throws ErrnoException;

    /**
     * Has a frame made in the next empty buffer. One for which there is none is lost, but counted.
     *
     * @param nanos when it was taken, on CLOCK_MONOTONIC
     * @param content gets a buffer of {@link #frameBytes} to fill; if it throws, the frame is lost
     * @return false if it was lost, or the node does not stream
     */
    final boolean capture(long nanos, Consumer<ByteBuffer> content) {
        int number = sequence++;
        Buffer buffer = streaming ? empty.poll() : null;
        if (buffer == null) {
            return false;
        }
        ByteBuffer frame = ByteBuffer.wrap(memory, buffer.offset, frameBytes()).slice();
        try {
            content.accept(frame.order(ByteOrder.nativeOrder()));
        } catch (RuntimeException e) {
            LOG.error("frame {} could not be taken", number, e);
            empty.addFirst(buffer);
            return false;
        }
        buffer.bytesUsed = frame.capacity();
        buffer.nanos = nanos;
        buffer.sequence = number;
        buffer.state = State.DONE;
        filled.add(buffer);
        done.wakeUp();
        return true;
    }

    final boolean isStreaming() {
        return streaming;
    }

    @Override
    public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call)
            throws ErrnoException {
        if (command == VIDIOC_DQBUF) {
            return dequeue(file, data, call);
        }
        synchronized (lock) {
            switch (command) {
                case VIDIOC_QUERYCAP -> {
                    putName(data, CAPABILITY_DRIVER, "cdev-gate", 16);
                    putName(data, CAPABILITY_CARD, "Example camera", 32);
                    putName(data, CAPABILITY_BUS_INFO, "platform:camera", 32);
                    data.putInt(CAPABILITY_VERSION, 6 << 16);
                    data.putInt(CAPABILITY_CAPABILITIES, capabilities | V4L2_CAP_DEVICE_CAPS);
                    data.putInt(CAPABILITY_DEVICE_CAPS, capabilities);
                }
                case VIDIOC_REQBUFS -> requestBuffers(file, data);
                case VIDIOC_QUERYBUF -> describe(buffer(data), data);
                case VIDIOC_QBUF -> {
                    checkOwner(file);
                    Buffer buffer = buffer(data);
                    checkMemory(data.getInt(BUFFER_MEMORY));
                    check(buffer.state == State.DEQUEUED);
                    enqueue(buffer);
                    describe(buffer, data);
                }
                case VIDIOC_STREAMON -> {
                    checkOwner(file);
                    checkType(data.getInt(0));
                    check(!buffers.isEmpty());
                    start();
                }
                case VIDIOC_STREAMOFF -> {
                    checkOwner(file);
                    checkType(data.getInt(0));
                    stop();
                }
                default -> negotiate(command, data);
            }
            return 0;
        }
    }

    private void requestBuffers(OpenFile file, ByteBuffer data) throws ErrnoException {
        checkType(data.getInt(REQUESTBUFFERS_TYPE));
        checkMemory(data.getInt(REQUESTBUFFERS_MEMORY));
        checkOwner(file);
        checkIdle(streaming);
        allocate(file, data.getInt(REQUESTBUFFERS_COUNT));
        data.putInt(REQUESTBUFFERS_COUNT, buffers.size());
        clear(data, REQUESTBUFFERS_CAPABILITIES);
        data.putInt(REQUESTBUFFERS_CAPABILITIES, V4L2_BUF_CAP_SUPPORTS_MMAP);
    }

    /** The file owns the queue from now on, or nobody if it wants no buffers. */
    private void allocate(OpenFile file, int count) {
        stop();
        List<Buffer> made = new ArrayList<>();
        while (made.size() < MOST_BUFFERS && Integer.compareUnsigned(made.size(), count) < 0) {
            made.add(new Buffer(made.size(), stride));
        }
        buffers = made;
        owner = made.isEmpty() ? null : file;
        ownerReads = false;
        Arrays.fill(memory, (byte) 0); // nobody sees what another one has taken
    }

    private void enqueue(Buffer buffer) {
        buffer.state = State.QUEUED;
        buffer.bytesRead = 0;
        empty.add(buffer);
    }

    private void start() {
        if (!streaming) {
            streaming = true;
            sequence = 0;
            streamingChanged();
        }
    }

    /** All buffers are the program's again, and who waits for one looks again. */
    private void stop() {
        streaming = false;
        empty.clear();
        filled.clear();
        buffers.forEach(each -> each.state = State.DEQUEUED);
        done.wakeUp();
        streamingChanged();
    }

    private int dequeue(OpenFile file, ByteBuffer data, Call call) throws ErrnoException {
        Buffer buffer;
        synchronized (lock) {
            checkOwner(file);
            checkType(data.getInt(BUFFER_TYPE));
            checkMemory(data.getInt(BUFFER_MEMORY));
            check(streaming);
            buffer = filled.poll();
            if (buffer == null) {
                return call.wouldBlock(done);
            }
            buffer.state = State.LEAVING;
        }
        // The pages of the frame before go. What the program wrote to them comes to write() now,
        // which wants the lock, and drops it because the buffer is not DEQUEUED yet.
        file.unmapMappingRange(buffer.offset, stride);
        synchronized (lock) {
            if (buffer.state == State.LEAVING) { // nobody has stopped the stream meanwhile
                buffer.state = State.DEQUEUED;
            }
            describe(buffer, data);
        }
        return 0;
    }

    private void describe(Buffer buffer, ByteBuffer data) {
        int flags =
                V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC
                        | (buffer.state == State.QUEUED ? V4L2_BUF_FLAG_QUEUED : 0)
                        | (buffer.state == State.DONE ? V4L2_BUF_FLAG_DONE : 0);
        clear(data, BUFFER_BYTESUSED);
        data.putInt(BUFFER_INDEX, buffer.index).putInt(BUFFER_TYPE, type);
        data.putInt(BUFFER_BYTESUSED, buffer.bytesUsed);
        data.putInt(BUFFER_FLAGS, flags).putInt(BUFFER_FIELD, V4L2_FIELD_NONE);
        data.putLong(BUFFER_TIMESTAMP_SEC, TimeUnit.NANOSECONDS.toSeconds(buffer.nanos));
        data.putLong(BUFFER_TIMESTAMP_USEC, buffer.nanos / 1000 % 1_000_000);
        data.putInt(BUFFER_SEQUENCE, buffer.sequence).putInt(BUFFER_MEMORY, V4L2_MEMORY_MMAP);
        data.putInt(BUFFER_OFFSET, buffer.offset).putInt(BUFFER_LENGTH, stride);
    }

    @Override
    public int mmap(OpenFile file, long offset, long length, Call call) throws ErrnoException {
        synchronized (lock) {
            check(file == owner);
            return 0;
        }
    }

    /** A part of a frame, or pages of the buffers. */
    @Override
    public int read(OpenFile file, ByteBuffer dst, long position, Call call) throws ErrnoException {
        synchronized (lock) {
            if (call.isMappedPage()) {
                check(file == owner);
                int count = (int) Math.min(dst.remaining(), memory.length - position);
                dst.put(memory, (int) position, count);
                return count;
            }
            startReading(file);
            Buffer buffer = filled.peek();
            if (buffer == null) {
                return call.wouldBlock(done);
            }
            int count = Math.min(dst.remaining(), buffer.bytesUsed - buffer.bytesRead);
            dst.put(memory, buffer.offset + buffer.bytesRead, count);
            buffer.bytesRead += count;
            if (buffer.bytesRead == buffer.bytesUsed) {
                enqueue(filled.remove());
            }
            return count;
        }
    }

    private void startReading(OpenFile file) throws ErrnoException {
        if (owner == null) {
            allocate(file, READ_BUFFERS);
            ownerReads = true;
            buffers.forEach(this::enqueue);
            start();
        }
        checkIdle(file != owner || !ownerReads);
    }

    /** Stores what a program has written to buffers that are its own at the time. */
    @Override
    public int write(OpenFile file, ByteBuffer src, long position, Call call)
            throws ErrnoException {
        synchronized (lock) {
            check(call.isMappedPage() && file == owner);
            for (Buffer each : buffers) {
                int from = (int) Math.max(position, each.offset);
                int to = (int) Math.min(position + src.limit(), each.offset + stride);
                if (from < to && each.state == State.DEQUEUED) {
                    src.get((int) (from - position), memory, from, to - from);
                }
            }
            return src.limit();
        }
    }

    @Override
    public int poll(OpenFile file, Call call) throws ErrnoException {
        call.pollWait(done);
        synchronized (lock) {
            if (owner == null) {
                startReading(file);
            }
            if (file != owner || !streaming) {
                return PollEvents.POLLERR;
            }
            return filled.isEmpty() ? 0 : PollEvents.POLLIN | PollEvents.POLLRDNORM;
        }
    }

    @Override
    public void release(OpenFile file, Call call) {
        synchronized (lock) {
            if (file == owner) {
                allocate(file, 0);
            }
        }
    }

    private Buffer buffer(ByteBuffer data) throws ErrnoException {
        checkType(data.getInt(BUFFER_TYPE));
        int index = data.getInt(BUFFER_INDEX);
        check(index >= 0 && index < buffers.size());
        return buffers.get(index);
    }

    private void checkOwner(OpenFile file) throws ErrnoException {
        checkIdle(owner != null && (file != owner || ownerReads));
    }

    final void checkType(int asked) throws ErrnoException {
        check(asked == type);
    }

    private void checkMemory(int memoryType) throws ErrnoException {
        check(memoryType == V4L2_MEMORY_MMAP);
    }

    /** Formats stay as they are while somebody has buffers. */
    final void checkFormatMayChange() throws ErrnoException {
        checkIdle(owner != null);
    }

    static void check(boolean valid) throws ErrnoException {
        if (!valid) {
            throw Errno.EINVAL.exception();
        }
    }

    static void checkIdle(boolean busy) throws ErrnoException {
        if (busy) {
            throw Errno.EBUSY.exception();
        }
    }
}
