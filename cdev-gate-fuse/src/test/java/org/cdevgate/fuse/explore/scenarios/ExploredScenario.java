package org.cdevgate.fuse.explore.scenarios;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.cdevgate.fuse.channel.FuseChannel;
import org.cdevgate.fuse.explore.Kernel;
import org.cdevgate.fuse.explore.ModelledJdk;
import org.cdevgate.fuse.nodes.DeviceNodes;
import org.cdevgate.fuse.nodes.NodeDescription;
import org.cdevgate.fuse.protocol.FuseConstants;
import org.cdevgate.fuse.protocol.FuseOpcode;
import org.cdevgate.fuse.session.FuseSession;
import org.cdevgate.fuse.session.SessionInside;
import org.cdevgate.gate.FopsGate;

/** A whole server, from the channel to a driver, over a kernel of the model's. */
abstract class ExploredScenario {
    static final int EINTR = -4;
    static final int EBADF = -9;
    static final int ENOMEM = -12;
    static final int ENODEV = -19;
    static final int ECONNABORTED = -103;

    private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int ROOT = 1;
    private static final int TID = 1000;

    /** How often the monitor looks. */
    private static final long TICK_MILLIS = 5;

    /** By which the kernel knows the pollers of the file. */
    static final long HANDLE = 77;

    final Kernel kernel = new Kernel();
    final ExploredTap tap = new ExploredTap();
    final FopsGate gate = FopsGate.of("tap", tap);
    private final List<Thread> clients = new ArrayList<>();
    private FuseSession session;
    private DeviceNodes nodes;
    private long node;
    private long fh;
    private boolean closed;
    private int nextTid = TID;

    /** Begins to serve, with a node of {@link #tap}. */
    final void serve(int maxParked) {
        session =
                new FuseSession(
                        (FuseChannel) kernel.channel(FuseChannel.class), "model", maxParked);
        nodes = new DeviceNodes(0, 0, session.notifier());
        try {
            session.start(nodes);
            nodes.add(new NodeDescription("tap", List.of(), 0666, 0, 0, false, 0), gate, null);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        node = lookUp();
        fh = open();
    }

    /** What {@link Kernel.Request} asks, of a process of its own each. */
    private Kernel.Request submit(FuseOpcode opcode, long of, java.nio.ByteBuffer body) {
        return kernel.submit(opcode.number(), nextTid++, of, body);
    }

    /** A request that any reader answers at once. */
    final long lookUp() {
        byte[] name = "tap\0".getBytes(StandardCharsets.UTF_8);
        Kernel.Request request =
                submit(FuseOpcode.LOOKUP, ROOT, Kernel.body(name.length).put(name));
        return request.await() == 0 ? request.reply().getLong(0) : 0;
    }

    private long open() {
        Kernel.Request request = submit(FuseOpcode.OPEN, node, Kernel.body(8));
        int error = request.await();
        if (error != 0) {
            ModelledJdk.fail("open failed with " + error);
        }
        return request.reply().getLong(0);
    }

    final Kernel.Request read() {
        return submit(
                FuseOpcode.READ,
                node,
                Kernel.body(40)
                        .putLong(fh)
                        .putLong(0)
                        .putInt(1)
                        .putInt(FuseConstants.FUSE_READ_LOCKOWNER));
    }

    final Kernel.Request ioctl(int command) {
        return submit(
                FuseOpcode.IOCTL, node, Kernel.body(32).putLong(fh).putInt(0).putInt(command));
    }

    final Kernel.Request poll() {
        return submit(
                FuseOpcode.POLL,
                node,
                Kernel.body(24)
                        .putLong(fh)
                        .putLong(HANDLE)
                        .putInt(FuseConstants.FUSE_POLL_SCHEDULE_NOTIFY)
                        .putInt(1));
    }

    /**
     * Has a request done by a process that waits for it; it may get the answers named, no other.
     */
    final Kernel.Request client(int command, Integer... answers) {
        return client(ioctl(command), answers);
    }

    final Kernel.Request client(Kernel.Request request, Integer... answers) {
        begin(
                "client of " + request,
                () -> {
                    request.await();
                    require(
                            List.of(answers).contains(request.error()),
                            request + " was answered " + request.error());
                });
        return request;
    }

    /** What an ioctl returned. */
    static int resultOf(Kernel.Request ioctl) {
        return ioctl.reply().getInt(0);
    }

    /** What runs beside others; {@link #settled} waits for its end. */
    final Thread begin(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        clients.add(thread);
        thread.start();
        return thread;
    }

    /** All comes to rest, maybe with somebody asleep. */
    final void rest() {
        ModelledJdk.settle();
    }

    /** A time passes in which all come to rest. */
    final void rest(long millis) {
        ModelledJdk.settle(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    /** The monitor's next look is the last before it sleeps; it comes in a millisecond. */
    final void restUntilTheMonitorIsAboutToSleep() {
        lookUp();
        rest();
        long ticks = 0;
        while (ModelledJdk.waitsWithLimit("model-monitor")) {
            rest(TICK_MILLIS);
            ticks++;
        }
        lookUp();
        rest();
        rest(TICK_MILLIS * ticks - 1);
    }

    /** All comes to rest without the clock's help; then all threads of the scenario have ended. */
    final void settled() {
        ModelledJdk.settle();
        check();
    }

    /** The same, with the clock going on. */
    final void settledInTime(long millis) {
        ModelledJdk.settle(TimeUnit.MILLISECONDS.toNanos(millis));
        check();
    }

    private void check() {
        for (Thread client : clients) {
            if (client.isAlive()) {
                ModelledJdk.fail(
                        client.getName() + " waits for ever; unanswered: " + kernel.waiting());
            }
        }
        require(kernel.isEnded() || kernel.readers() == 1, "nobody reads");
    }

    static void require(boolean condition, String otherwise) {
        if (!condition) {
            ModelledJdk.fail(otherwise);
        }
    }

    /** Ends the connection as a server does. */
    final void close() {
        closed = true;
        session.close(CLOSE_NANOS);
    }

    /** After each scenario: nothing is left behind. */
    final void end() {
        ModelledJdk.stopExploring();
        if (!closed) {
            for (Kernel.Request request : kernel.waiting()) {
                ModelledJdk.fail("unanswered: " + request);
            }
            settledInTime(1000);
            if (!kernel.isEnded() && !gate.isRemoving()) {
                require(
                        SessionInside.remembersNothing(session),
                        "answered requests are remembered for ever");
                require(
                        session.parkedCalls() == 0,
                        session.parkedCalls() + " calls count as parked");
                require(lookUp() != 0, "a name is not found any more");
            }
            close();
        }
        ModelledJdk.settle(CLOSE_NANOS);
        List<String> alive = ModelledJdk.alive();
        require(alive.isEmpty(), "left behind: " + alive);
        require(gate.callsInFlight().isEmpty(), "in flight: " + gate.callsInFlight());
        require(nodes.openFiles() == 0, "files left open");
    }
}
