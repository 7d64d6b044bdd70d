package org.cdevgate.fuse.session;

import java.io.IOException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.cdevgate.abi.Errno;
import org.cdevgate.fuse.channel.FuseChannel;
import org.cdevgate.fuse.channel.NativeBuffer;
import org.cdevgate.fuse.protocol.DecodeError;
import org.cdevgate.fuse.protocol.FuseOpcode;
import org.cdevgate.fuse.protocol.FuseReply;
import org.cdevgate.fuse.protocol.FuseRequest;
import org.cdevgate.fuse.protocol.InitNegotiation;
import org.cdevgate.internal.LogLimit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves one connection: agrees with the kernel, then lets one worker at a time read requests and
 * run them. A worker whose call is about to park, or is found stuck, hands the reading to another
 * first; so sleeping calls stop nobody, and while nothing sleeps there is only one thread.
 */
public final class FuseSession {
    private static final Logger LOG = LoggerFactory.getLogger(FuseSession.class);
    private static final long ANSWER_PAUSE = TimeUnit.MICROSECONDS.toNanos(100);
    private static final long ACCESS_PATIENCE = TimeUnit.SECONDS.toNanos(5);
    private static final long COMPLAIN_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final LogLimit NO_THREADS_LEFT = new LogLimit(COMPLAIN_NANOS);
    private static final LogLimit NO_BYTES_LEFT = new LogLimit(COMPLAIN_NANOS);

    /** The least that may be held: the largest request must be able to sleep. */
    public static final long LEAST_BYTES = Shares.LEAST_BYTES;

    private final FuseChannel channel;
    private final String name;
    private final Shares shares;
    private final WorkerPool workers;
    private final InFlightTable inFlight = new InFlightTable();
    private final Notifier notifier;
    private final Monitor monitor;

    private final ConcurrentLinkedQueue<HeldRequest> woken = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean runnerActive = new AtomicBoolean();

    private volatile Worker reader;
    private volatile Worker runner;

    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicBoolean closing = new AtomicBoolean();
    private volatile Thread endThread;

    // Guarded by itself: replies of threads that have no worker's buffer.
    private final NativeBuffer errorReply = NativeBuffer.allocate(64);

    private final MemoryPolicy memoryPolicy;

    private RequestHandler.Factory handlers;
    private InitNegotiation.Agreed agreed;

    /**
     * With the standard bound on bytes.
     *
     * @param channel of a fresh mount
     * @param name for threads and the log
     * @param maxParkedCalls calls of one user that may be parked in one device, 1 or more
     */
    public FuseSession(FuseChannel channel, String name, int maxParkedCalls) {
        this(channel, name, maxParkedCalls, standardBytes());
    }

    /**
     * @param channel of a fresh mount
     * @param name for threads and the log
     * @param maxParkedCalls calls of one user that may be parked in one device, 1 or more
     * @param maxSleepingBytes that the sleeping calls of one user in one device may hold, {@link
     *     #LEAST_BYTES} or more
     */
    public FuseSession(
            FuseChannel channel, String name, int maxParkedCalls, long maxSleepingBytes) {
        this.channel = channel;
        this.name = name;
        this.shares = new Shares(maxParkedCalls, maxSleepingBytes);
        this.workers =
                new WorkerPool(
                        name, number -> new Worker(this, agreed, number), new PoolListener());
        this.notifier = new Notifier(channel, name);
        this.monitor = new Monitor(this);
        this.memoryPolicy = new MemoryPolicy(name);
    }

    /** Lets drivers use the memory of callers; before {@link #start}. */
    public void allowCallerMemory() {
        memoryPolicy.allow();
    }

    /**
     * Answers the kernel's INIT and begins to serve. Returns when requests are being read.
     *
     * @throws IOException if the kernel's protocol is too old or the mount is gone already
     */
    public void start(RequestHandler.Factory factory) throws IOException {
        handlers = factory;
        agreed = negotiate();
        notifier.start();
        monitor.start();
        workers.assign(Role.READER);
    }

    private InitNegotiation.Agreed negotiate() throws IOException {
        InitNegotiation.Wanted wanted = InitNegotiation.Wanted.standard(NativeBuffer.pageBytes());
        NativeBuffer buffer = NativeBuffer.allocate(wanted.maxWrite() + 4096);
        FuseChannel.Receiver receiver = channel.newReceiver(buffer);
        FuseRequest request = new FuseRequest(buffer.bytes());
        while (true) {
            int length = receiver.receive();
            if (length == FuseChannel.CLOSED) {
                throw new IOException("the mount of " + name + " went away before its first use");
            }
            DecodeError error = request.wrap(length);
            if (error != DecodeError.NONE || request.opcode() != FuseOpcode.INIT) {
                throw new IOException(
                        "the kernel did not begin with INIT but with " + request.describe(error));
            }
            InitNegotiation.Outcome outcome =
                    InitNegotiation.negotiate(request.initOffer(), wanted);
            long unique = request.unique();
            if (outcome instanceof InitNegotiation.Agreed agreement) {
                send(buffer, FuseReply.init(buffer.bytes(), 0, unique, agreement));
                LOG.debug(
                        "{}: FUSE 7.{}, the kernel offers 7.{}, flags 0x{}",
                        name,
                        agreement.minor(),
                        agreement.offer().minor(),
                        Long.toHexString(agreement.flags()));
                return agreement;
            }
            if (outcome instanceof InitNegotiation.Refused refused) {
                send(buffer, FuseReply.error(buffer.bytes(), 0, unique, Errno.EPROTO.number()));
                throw new IOException(refused.message());
            }
            send(buffer, FuseReply.initVersion(buffer.bytes(), 0, unique));
        }
    }

    private void send(NativeBuffer buffer, int length) throws IOException {
        int errno = channel.send(buffer, 0, length);
        if (errno != 0) {
            throw new IOException(
                    "the kernel refused the answer to INIT: " + Errno.describe(errno));
        }
    }

    FuseChannel channel() {
        return channel;
    }

    String name() {
        return name;
    }

    /** What the sleeping calls of one user in one device may hold unless it is told: bytes. */
    public static long standardBytes() {
        return Shares.standardBytes();
    }

    Shares shares() {
        return shares;
    }

    /** Whether a request may enter a driver: see {@link Shares}. Says why not in the log. */
    boolean maySleep(FuseRequest request, Share device) {
        Shares.Refusal refusal = shares.maySleep(device, request.uid(), request.length());
        if (refusal == Shares.Refusal.NONE) {
            return workers.hasStandby();
        }
        tell(refusal, request);
        return false;
    }

    /** Charges a request's message, which is to be copied; false if there is no room for it. */
    boolean keep(Charge charge, Share device, FuseRequest request) {
        boolean charged = shares.keep(charge, device, request.uid(), request.length());
        if (!charged) {
            tell(Shares.Refusal.BYTES, request);
        }
        return charged;
    }

    private void tell(Shares.Refusal refusal, FuseRequest request) {
        boolean ofThreads = refusal == Shares.Refusal.THREADS;
        int leftOut = (ofThreads ? NO_THREADS_LEFT : NO_BYTES_LEFT).admit();
        if (leftOut < 0) {
            return;
        }
        if (ofThreads) {
            LOG.warn(
                    "{}: {} calls are parked, and those of one user or device are as many as they"
                            + " may be: calls of user {} get ENOMEM there. Raise maxParkedCalls of"
                            + " the mount (now {}), or let the driver sleep without a thread"
                            + " (Call.wouldBlock){}",
                    name,
                    shares.threads(),
                    Integer.toUnsignedString(request.uid()),
                    shares.maxThreads(),
                    LogLimit.more(leftOut));
        } else {
            LOG.warn(
                    "{}: sleeping calls hold {} bytes, and those of one user or device as many as"
                            + " they may: a call of user {} with {} bytes gets ENOMEM there. Raise"
                            + " maxSleepingBytes of the mount (now {}){}",
                    name,
                    shares.bytes(),
                    Integer.toUnsignedString(request.uid()),
                    request.length(),
                    shares.maxBytes(),
                    LogLimit.more(leftOut));
        }
    }

    WorkerPool workers() {
        return workers;
    }

    InFlightTable inFlight() {
        return inFlight;
    }

    Monitor monitor() {
        return monitor;
    }

    /** Where notifications go. */
    public Notifier notifier() {
        return notifier;
    }

    MemoryPolicy memoryPolicy() {
        return memoryPolicy;
    }

    RequestHandler newHandler(Exchange exchange) {
        return handlers.newHandler(exchange);
    }

    /** The worker that has a role now, or null. */
    Worker holder(Role role) {
        return role == Role.READER ? reader : runner;
    }

    /** A worker begins to act in a role. */
    void hold(Role role, Worker worker) {
        if (role == Role.READER) {
            reader = worker;
        } else {
            runner = worker;
        }
    }

    /** A worker gave its role away in the middle of a request. */
    void passOn(Role role) {
        if (role == Role.READER) {
            workers.assign(Role.READER);
        } else {
            runnerDone();
        }
    }

    /** Queues a woken request and makes sure that somebody runs it. */
    void runAgain(HeldRequest request) {
        woken.add(request);
        if (ended.get() && woken.remove(request)) {
            request.abandon(); // the end may have looked before it was added
            return;
        }
        startRunner();
    }

    private void startRunner() {
        if (runnerActive.compareAndSet(false, true)) {
            workers.assign(Role.RUNNER);
        }
    }

    /** The next request for the runner; null ends its role. */
    HeldRequest nextWoken() {
        while (true) {
            HeldRequest next = takeRunnable();
            if (next != null) {
                return next;
            }
            runnerActive.set(false);
            // What changed before the role was given up found it taken.
            if (woken.isEmpty()) {
                return null;
            }
            if (!isAnyRunnable()) {
                monitor.wakeIfAsleep(); // it looks again at each tick
                return null;
            }
            if (!runnerActive.compareAndSet(false, true)) {
                return null;
            }
        }
    }

    private HeldRequest takeRunnable() {
        for (HeldRequest each : woken) {
            if (isRunnable(each) && woken.remove(each)) {
                return each;
            }
        }
        return null;
    }

    private boolean isAnyRunnable() {
        return woken.stream().anyMatch(this::isRunnable);
    }

    /** At the bound only requests of devices that are going are run: the gate refuses them. */
    private boolean isRunnable(HeldRequest request) {
        return (shares.mayRunAgain(request.charge()) && workers.hasStandby())
                || request.isRefused();
    }

    /** Takes a request that waits to be run again; true for one caller, the runner included. */
    boolean takeWoken(HeldRequest request) {
        return woken.remove(request);
    }

    private final class PoolListener implements WorkerPool.Listener {
        @Override
        public void roleUnassigned() {
            monitor.wakeIfAsleep();
        }

        @Override
        public void mayParkAgain() {
            if (!woken.isEmpty()) {
                startRunner();
            }
        }
    }

    /** Whether something waits for a tick of the monitor. */
    boolean isAnythingPending() {
        return workers.hasUnassigned()
                || (!woken.isEmpty() && !runnerActive.get())
                || inFlight.hasInterrupted();
    }

    /** Tries again what had no thread; true if there was something. */
    boolean retryPending() {
        boolean pending = false;
        if (workers.hasUnassigned()) {
            workers.retryUnassigned();
            pending = true;
        }
        if (!woken.isEmpty() && !runnerActive.get()) {
            if (isAnyRunnable()) {
                startRunner();
            }
            pending = true;
        }
        return pending;
    }

    private void runnerDone() {
        if (!woken.isEmpty()) {
            workers.assign(Role.RUNNER);
            return;
        }
        runnerActive.set(false);
        if (!woken.isEmpty()) {
            startRunner();
        }
    }

    /** Answers a request from a thread without a worker's buffer. */
    void replyError(long unique, int errno) {
        synchronized (errorReply) {
            channel.send(errorReply, 0, FuseReply.error(errorReply.bytes(), 0, unique, errno));
        }
    }

    /** A message that cannot be right: says so, and answers it if that is possible and wanted. */
    void refuse(FuseRequest request, DecodeError error) {
        try {
            LOG.error("{}: {}", name, request.describe(error));
        } catch (OutOfMemoryError e) {
            CarefulLog.error("{}: a message was refused: {}", name, error, e);
        }
        if (error.isAnswerable() && FuseOpcode.expectsReply(request.opcode())) {
            replyError(request.unique(), Errno.EIO.number());
        }
    }

    /** The kernel will send no more requests. */
    void connectionEnded() {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        memoryPolicy.end();
        if (!closing.get()) {
            LOG.info("{}: the mount was unmounted or aborted; its devices stay registered", name);
        }
        // Nobody waits for the answers; calls that still sleep are to end, as if their callers
        // died.
        endThread = new Thread(null, this::finish, name + "-end", 0, false);
        endThread.setDaemon(true);
        try {
            endThread.start();
        } catch (OutOfMemoryError e) {
            LOG.warn("{}: no thread to end on; ending on this one", name);
            finish();
        }
    }

    private void finish() {
        // If it was an error here that ended the serving, the kernel must know that nobody answers.
        // A close of ours does it itself, when the answers on their way have been sent.
        if (!closing.get()) {
            endAccess(ACCESS_PATIENCE);
            try {
                channel.close();
            } catch (IllegalStateException e) {
                LOG.error("{}: the connection to the kernel stays", name, e);
            }
        }
        for (HeldRequest request : inFlight.all()) {
            request.interrupt();
        }
        for (HeldRequest request; (request = woken.poll()) != null; ) {
            request.abandon();
        }
        handlers.connectionEnded();
        workers.close();
        monitor.stop();
        notifier.stop();
    }

    /** The number of calls parked or stuck in drivers now. */
    public int parkedCalls() {
        return workers.detachedCount();
    }

    /** The bytes that sleeping calls hold now: their messages, and what belongs to each. */
    public long sleepingBytes() {
        return shares.bytes();
    }

    /** The mount is about to be taken away by us: its end is no surprise. */
    public void expectEnd() {
        closing.set(true);
    }

    /**
     * Stops serving and ends the connection; calls still in a driver are interrupted and waited
     * for. Idempotent. An interrupt of this thread does not end the wait, and stays set.
     *
     * @param timeout how long to wait for them, in nanoseconds
     * @return whether all threads have ended
     */
    public boolean close(long timeout) {
        expectEnd();
        long deadline = System.nanoTime() + timeout;
        // While requests are still answered: the kernel may hold a notification back until one is,
        // and a thread inside that write would keep the connection alive.
        notifier.stop();
        boolean all = join(notifier.thread(), deadline);
        channel.stop();
        awaitAnswers(System.nanoTime() + (deadline - System.nanoTime()) / 2);
        endAccess(Math.min(ACCESS_PATIENCE, deadline - System.nanoTime()));
        channel.close();
        connectionEnded();
        Thread end = endThread;
        all &= end == null || join(end, deadline);
        all &= join(monitor.thread(), deadline);
        for (Thread worker : workers.threads()) {
            all &= join(worker, deadline);
        }
        return all;
    }

    /** A call leaves its gate before its worker has sent the answer: lets those be sent. */
    private void awaitAnswers(long deadline) {
        pauseWhile(this::isAnythingUnanswered, deadline);
    }

    /**
     * Lets no access to a caller's memory begin, and waits for those that go on: with the
     * connection their callers are free to go. One may take longer, waiting for a page of the
     * caller's; it found its caller when it began, and is left to it.
     */
    private void endAccess(long nanos) {
        memoryPolicy.end();
        pauseWhile(inFlight::isAccessing, System.nanoTime() + nanos);
    }

    private void pauseWhile(BooleanSupplier condition, long deadline) {
        while (condition.getAsBoolean() && deadline - System.nanoTime() > 0) {
            boolean interrupted = Thread.interrupted(); // or it would not pause
            LockSupport.parkNanos(this, ANSWER_PAUSE);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private boolean isAnythingUnanswered() {
        Worker reading = reader;
        Worker running = runner;
        return workers.detachedCount() > 0
                || !woken.isEmpty()
                || (reading != null && reading.runningState() != 0)
                || (running != null && running.runningState() != 0);
    }

    /** Waits for a thread's end, the calling one excepted; false if the time is over. */
    private static boolean join(Thread thread, long deadline) {
        boolean interrupted = false;
        while (thread.isAlive() && thread != Thread.currentThread()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                break;
            }
            try {
                thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(left)));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive() || thread == Thread.currentThread();
    }
}
