package org.cdevgate.fuse.explore;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cdevgate.fuse.channel.FuseChannel;
import org.cdevgate.fuse.libc.NativeBuffer;
import org.cdevgate.fuse.protocol.FuseOpcode;

/**
 * The kernel's end of a connection, and the processes that wait in it, as fs/fuse/dev.c does it: a
 * request is read, then answered once; a signal for one that was read becomes an INTERRUPT, which
 * is read before all other requests, and is taken back when the answer comes first.
 *
 * <p>It judges what it is sent: an answer to what nobody asked, or a second one, ends the run, and
 * so does a second thread that reads while one does.
 */
public final class Kernel implements ModelledJdk.Outside {
    private static final int HEADER = 40;
    private static final int ENOENT = 2;
    private static final int ECONNABORTED = 103;
    private static final int SITE = Sites.number("the kernel");

    /** A request of a process. */
    public final class Request {
        final long unique;
        final int opcode; // a number: scenarios have another FuseOpcode than this class
        final int tid;
        private final byte[] message;
        private boolean sent;
        private boolean signalled;
        private boolean interruptRead;
        private boolean answered;
        private boolean abandoned;
        private int lateAnswers;
        private int error;
        private byte[] reply = {};

        private Request(int opcode, int tid, byte[] message) {
            this.unique = nextUnique += 2;
            this.opcode = opcode;
            this.tid = tid;
            this.message = message;
            ByteBuffer.wrap(message).order(ByteOrder.nativeOrder()).putLong(8, unique);
        }

        public boolean isSent() {
            return sent;
        }

        /** Whether the server has read of its signal. */
        public boolean isInterruptRead() {
            return interruptRead;
        }

        public boolean isAnswered() {
            return answered;
        }

        /** 0, or the errno as it is told, below 0. */
        public int error() {
            return error;
        }

        public ByteBuffer reply() {
            return ByteBuffer.wrap(reply).order(ByteOrder.nativeOrder());
        }

        /** Its process sleeps until it is answered. */
        public int await() {
            ModelledJdk.awaitCondition("the answer to " + this, () -> answered);
            return error;
        }

        /** Its process gets a signal. */
        public void signal() {
            ModelledJdk.point(SITE);
            if (!answered && !signalled) {
                signalled = true;
                if (sent) {
                    interrupts.add(this);
                }
            }
        }

        /** Its process gets a signal that ends it: a second answer would not be heard. */
        public void kill() {
            abandoned = true;
            dying.add(tid);
            signal();
        }

        @Override
        public String toString() {
            return FuseOpcode.of(opcode) + " " + unique;
        }
    }

    private final IdentityHashMap<Object, NativeBuffer> receivers = new IdentityHashMap<>();
    private final ArrayDeque<Request> pending = new ArrayDeque<>();
    private final ArrayDeque<Request> interrupts = new ArrayDeque<>();
    private final Map<Long, Request> requests = new HashMap<>();
    private final Set<Integer> dying = new HashSet<>();
    private final List<Long> notified = new ArrayList<>();
    private long nextUnique;
    private int readers;
    private boolean stopped;
    private boolean ended;

    /** Makes what the session gets as its channel; sends INIT. */
    public Object channel(Class<?> type) {
        ModelledJdk.setOutside(this);
        submit(
                FuseOpcode.INIT.number(),
                0,
                0,
                body(16).putInt(7).putInt(38).putInt(1 << 17).putInt(0));
        return made(type);
    }

    private static Object made(Class<?> hollow) {
        try {
            return hollow.getConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(hollow + " was not made hollow", e);
        }
    }

    /** Room for what stands behind a request's header. */
    public static ByteBuffer body(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
    }

    /** A process asks, and is in no hurry yet to wait for the answer. */
    public Request submit(int opcode, int tid, long node, ByteBuffer body) {
        byte[] bytes = new byte[HEADER + body.capacity()];
        ByteBuffer message = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        message.putInt(bytes.length).putInt(opcode).putLong(0).putLong(node);
        message.putInt(0).putInt(0).putInt(tid).putInt(0).put(body.clear());
        Request request = new Request(opcode, tid, bytes);
        ModelledJdk.point(SITE);
        requests.put(request.unique, request);
        if (ended) {
            end(request);
        } else {
            pending.add(request);
        }
        return request;
    }

    /** The mount goes away: nobody waits for answers any more. */
    public void abort() {
        ModelledJdk.point(SITE);
        ended = true;
        pending.clear();
        interrupts.clear();
        requests.values().forEach(this::end);
    }

    private void end(Request request) {
        if (!request.answered) {
            request.answered = true;
            request.abandoned = true;
            request.error = -ECONNABORTED;
        }
    }

    public boolean isEnded() {
        return ended;
    }

    /** How many threads read. */
    public int readers() {
        return readers;
    }

    /** How often pollers with this handle were told to ask again. */
    public int notified(long pollHandle) {
        return (int) notified.stream().filter(handle -> handle == pollHandle).count();
    }

    /** Those that wait for an answer. */
    public List<Request> waiting() {
        return requests.values().stream().filter(request -> !request.answered).toList();
    }

    @Override
    public Object call(Object object, String method, Object[] arguments) {
        if (method.startsWith("receive")) {
            return receive(receivers.get(object));
        }
        return switch (method) {
            case "newReceiver" -> newReceiver(object, (NativeBuffer) arguments[0]);
            case "buffer" -> receivers.get(object);
            case "send" ->
                    written((NativeBuffer) arguments[0], (int) arguments[1], (int) arguments[2]);
            case "stop" -> stop();
            case "close" ->
                    object.getClass().getSimpleName().equals("FuseChannel") ? close() : null;
            case "isDying" -> dying.contains((int) arguments[0]);
            default -> null;
        };
    }

    private Object newReceiver(Object channel, NativeBuffer buffer) {
        try {
            Object receiver =
                    made(
                            Class.forName(
                                    channel.getClass().getName() + "$Receiver",
                                    true,
                                    channel.getClass().getClassLoader()));
            receivers.put(receiver, buffer);
            return receiver;
        } catch (ClassNotFoundException e) {
            throw new LinkageError("FuseChannel has lost its receiver", e);
        }
    }

    private int receive(NativeBuffer buffer) {
        ModelledJdk.point(SITE);
        readers++;
        if (readers > 1 && !stopped && !ended) {
            ModelledJdk.fail(readers + " threads read at once");
        }
        ModelledJdk.awaitCondition(
                "read(2) of /dev/fuse",
                () -> stopped || ended || !interrupts.isEmpty() || !pending.isEmpty());
        readers--;
        if (stopped || ended) {
            return FuseChannel.CLOSED;
        }
        byte[] message;
        if (interrupts.isEmpty()) {
            Request request = pending.poll();
            request.sent = true;
            if (request.signalled) {
                interrupts.add(request);
            }
            message = request.message;
        } else {
            Request interrupted = interrupts.poll();
            interrupted.interruptRead = true;
            long unique = interrupted.unique;
            message =
                    body(HEADER + 8)
                            .putInt(HEADER + 8)
                            .putInt(FuseOpcode.INTERRUPT.number())
                            .putLong(unique | 1)
                            .putLong(HEADER, unique)
                            .array();
        }
        buffer.bytes().put(0, message);
        return message.length;
    }

    private int written(NativeBuffer buffer, int offset, int length) {
        ByteBuffer bytes = buffer.bytes();
        int error = bytes.getInt(offset + 4);
        long unique = bytes.getLong(offset + 8);
        byte[] body = new byte[length - 16];
        bytes.get(offset + 16, body);
        ModelledJdk.point(SITE);
        if (unique == 0) {
            if (!ended) {
                notified.add(ByteBuffer.wrap(body).order(ByteOrder.nativeOrder()).getLong());
            }
            return 0;
        }
        Request request = requests.get(unique);
        if (request == null || (!request.sent && !request.abandoned)) {
            ModelledJdk.fail("an answer to what was not asked, " + unique);
        } else if (request.answered) {
            // That of the thread which is still in the driver, to which nobody listens any more.
            if (!request.abandoned || ++request.lateAnswers > 1) {
                ModelledJdk.fail("one more answer to " + request + ", after " + request.error);
            }
            return ENOENT;
        } else {
            request.answered = true;
            request.error = error;
            request.reply = body;
            interrupts.remove(request);
        }
        return 0;
    }

    private Object stop() {
        stopped = true;
        ModelledJdk.awaitCondition("that nobody reads", () -> readers == 0);
        return null;
    }

    private Object close() {
        stop();
        abort();
        return null;
    }
}
