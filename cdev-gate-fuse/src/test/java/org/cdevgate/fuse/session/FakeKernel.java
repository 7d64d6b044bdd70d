package org.cdevgate.fuse.session;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;
import static org.mockito.Mockito.withSettings;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.fuse.channel.FuseChannel;
import org.cdevgate.fuse.harness.Within;
import org.cdevgate.fuse.libc.NativeBuffer;
import org.cdevgate.fuse.protocol.FuseOpcode;
import org.mockito.stubbing.Answer;

/** The kernel's end of a connection: what a test sends is received, replies are kept. */
final class FakeKernel {
    private static final byte[] END = {};

    /** An answer, as far as its header tells. */
    record Reply(long unique, int error) {}

    /** Gets what the server writes, as write(2) on /dev/fuse does; any thread. */
    interface Sink {
        /**
         * A reply or a notification.
         *
         * @return 0 or the errno
         */
        int written(byte[] message);
    }

    final FuseChannel channel = mock(FuseChannel.class, withSettings().stubOnly());
    private final LinkedBlockingQueue<byte[]> sent = new LinkedBlockingQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private volatile Throwable failure;
    private final List<Reply> replies = Collections.synchronizedList(new ArrayList<>());

    /** A kernel of protocol 7.38 that offers nothing. */
    FakeKernel() {
        this(null);
        send(FuseOpcode.INIT, 1, 7, 38, 1 << 17, 0); // major, minor, max_readahead, flags
    }

    /**
     * A kernel that says nothing by itself.
     *
     * @param sink gets what is written; null to keep the headers of replies
     */
    FakeKernel(Sink sink) {
        when(channel.newReceiver(any())).thenAnswer(call -> receiver(call.getArgument(0)));
        when(channel.send(any(), anyInt(), anyInt()))
                .thenAnswer(
                        call ->
                                written(
                                        sink,
                                        call.getArgument(0),
                                        call.getArgument(1),
                                        call.getArgument(2)));
        doAnswer(call -> sent.add(END)).when(channel).stop();
        doAnswer(call -> sent.add(END)).when(channel).close();
    }

    private int written(Sink sink, NativeBuffer buffer, int offset, int length) {
        ByteBuffer bytes = buffer.bytes();
        if (sink == null) {
            replies.add(new Reply(bytes.getLong(offset + 8), bytes.getInt(offset + 4)));
            return 0;
        }
        byte[] message = new byte[length];
        bytes.get(offset, message);
        return sink.written(message);
    }

    private FuseChannel.Receiver receiver(NativeBuffer buffer) throws Exception {
        FuseChannel.Receiver receiver = mock(FuseChannel.Receiver.class, withSettings().stubOnly());
        Answer<Integer> next =
                call -> {
                    Throwable thrown = failure;
                    if (thrown != null && failures.getAndDecrement() > 0) {
                        throw thrown;
                    }
                    waiting.incrementAndGet();
                    byte[] message = sent.take();
                    waiting.decrementAndGet();
                    if (message == END) {
                        sent.add(END); // for the other readers
                        return FuseChannel.CLOSED;
                    }
                    buffer.bytes().put(0, message);
                    return message.length;
                };
        when(receiver.receive()).thenAnswer(next);
        when(receiver.receiveAfter(anyInt())).thenAnswer(next);
        return receiver;
    }

    /** Has receiving fail so often, from the next time on. */
    void failReceiving(int times, Throwable thrown) {
        failures.set(times);
        failure = thrown;
    }

    /** Sends a request with words of 32 bits after its header. */
    void send(FuseOpcode opcode, long unique, int... words) {
        ByteBuffer message =
                ByteBuffer.allocate(40 + 4 * words.length).order(ByteOrder.nativeOrder());
        message.putInt(message.capacity()).putInt(opcode.number()).putLong(unique).position(40);
        for (int word : words) {
            message.putInt(word);
        }
        send(message.array());
    }

    /** Sends a message as it is. */
    void send(byte[] message) {
        sent.add(message);
    }

    /** Whether all that was sent has been received, and somebody waits for more. */
    boolean isWaitedFor() {
        return sent.isEmpty() && waiting.get() > 0;
    }

    /** Sends FUSE_INTERRUPT. */
    void interrupt(long unique) {
        send(FuseOpcode.INTERRUPT, unique | 1L << 32, (int) unique, 0);
    }

    /** The errors of all answers to a request, 0 for success. */
    List<Integer> answers(long unique) {
        synchronized (replies) {
            return replies.stream()
                    .filter(reply -> reply.unique == unique)
                    .map(reply -> reply.error)
                    .toList();
        }
    }

    void awaitAnswer(long unique) {
        Within.limit("request " + unique + " answered", () -> !answers(unique).isEmpty());
    }
}
