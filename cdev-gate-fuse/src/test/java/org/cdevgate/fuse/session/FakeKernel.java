package org.cdevgate.fuse.session;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import org.cdevgate.fuse.channel.FuseChannel;
import org.cdevgate.fuse.channel.NativeBuffer;
import org.cdevgate.fuse.harness.Within;
import org.cdevgate.fuse.protocol.FuseOpcode;

/** The kernel's end of a connection: what a test sends is received, replies are kept. */
final class FakeKernel {
    private static final byte[] END = {};

    /** An answer, as far as its header tells. */
    record Reply(long unique, int error) {}

    final FuseChannel channel = mock(FuseChannel.class);
    private final LinkedBlockingQueue<byte[]> sent = new LinkedBlockingQueue<>();
    private final List<Reply> replies = Collections.synchronizedList(new ArrayList<>());

    FakeKernel() {
        when(channel.newReceiver(any())).thenAnswer(call -> receiver(call.getArgument(0)));
        when(channel.send(any(), anyInt(), anyInt()))
                .thenAnswer(
                        call -> {
                            NativeBuffer buffer = call.getArgument(0);
                            int offset = call.getArgument(1);
                            ByteBuffer bytes = buffer.bytes();
                            replies.add(
                                    new Reply(bytes.getLong(offset + 8), bytes.getInt(offset + 4)));
                            return 0;
                        });
        doAnswer(call -> sent.add(END)).when(channel).stop();
        doAnswer(call -> sent.add(END)).when(channel).close();
        send(FuseOpcode.INIT, 1, 7, 38, 1 << 17, 0); // major, minor, max_readahead, flags
    }

    private FuseChannel.Receiver receiver(NativeBuffer buffer) throws Exception {
        FuseChannel.Receiver receiver = mock(FuseChannel.Receiver.class);
        when(receiver.receive())
                .thenAnswer(
                        call -> {
                            byte[] message = sent.take();
                            if (message == END) {
                                sent.add(END); // for the other readers
                                return FuseChannel.CLOSED;
                            }
                            buffer.bytes().put(0, message);
                            return message.length;
                        });
        return receiver;
    }

    /** Sends a request with words of 32 bits after its header. */
    void send(int opcode, long unique, int... words) {
        ByteBuffer message =
                ByteBuffer.allocate(40 + 4 * words.length).order(ByteOrder.nativeOrder());
        message.putInt(message.capacity()).putInt(opcode).putLong(unique).position(40);
        for (int word : words) {
            message.putInt(word);
        }
        sent.add(message.array());
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
