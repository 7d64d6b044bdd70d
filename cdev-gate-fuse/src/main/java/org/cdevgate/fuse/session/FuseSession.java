package org.cdevgate.fuse.session;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.cdevgate.abi.Errno;
import org.cdevgate.fuse.channel.FuseChannel;
import org.cdevgate.fuse.libc.NativeBuffer;
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
    private static final long MOST_SERVING = TimeUnit.SECONDS.toNanos(3);
    private static final long ACCESS_PATIENCE = TimeUnit.SECONDS.toNanos(5);
    private static final long COMPLAIN_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final LogLimit NO_THREADS_LEFT = new LogLimit(1, COMPLAIN_NANOS);
    private static final LogLimit NO_BYTES_LEFT = new LogLimit(1, COMPLAIN_NANOS);
    private static final LogLimit NO_PAGES_LEFT = new LogLimit(1, COMPLAIN_NANOS);

    /** The least that may be held: the largest request must be able to sleep. */
    public static final long LEAST_BYTES = Shares.LEAST_BYTES;

    private static final int EIO = Errno.EIO.number();

    // Of the end of the connection.
    private static final int LAST_STEP = 4;
    private static final int MOST_TRIES = 1000;
    private static final long FAILURE_PAUSE = TimeUnit.MILLISECONDS.toNanos(10);

    private final FuseChannel channel;
    private final String name;
    private final Shares shares;
    private final WorkerPool workers;
    private final InFlightTable inFlight = new InFlightTable();
    private final Notifier notifier;
    private final Monitor monitor;

    private final WokenRequests woken = new WokenRequests(this::mayRun);
    private final Roles roles;

    /** Of the woken requests none may run. Set before the look that shows it. */
    private volatile boolean noneMayRun;

    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicBoolean closing = new AtomicBoolean();
    private volatile Thread endThread;
    private volatile int exiting; // calls that end the JVM

    // Guarded by itself: replies of threads that have no worker's buffer.
    private final NativeBuffer smallReply = NativeBuffer.allocate(64);

    private final CallerMemoryPolicy memoryPolicy;

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
        CarefulLog.prepare();
        this.roles = new Roles(() -> !ended.get(), this::isRunnerWanted);
        this.shares = new Shares(maxParkedCalls, maxSleepingBytes);
        this.workers =
                new WorkerPool(
                        name,
                        number -> new Worker(this, agreed, number),
                        roles,
                        new PoolListener());
        this.notifier = new Notifier(channel, name);
        this.monitor = new Monitor(this);
        this.memoryPolicy = new CallerMemoryPolicy(name);
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
        boolean started = false;
        try {
            monitor.start();
            started = true;
        } finally {
            if (!started) {
                notifier.stop(); // no worker will ever find the end of the connection
            }
        }
        workers.addStandby(); // it finds the reader's role open; the monitor tries again if need be
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

    /** {@link #maySleep} for a request that would hold so many bytes, without a word. */
    boolean hasRoom(FuseRequest request, Share device, int bytes) {
        return shares.maySleep(device, request.uid(), bytes) != Shares.Refusal.BYTES;
    }

    /** Whether calls that do not park, but take long, may have a thread of their own. */
    boolean hasRoomForSlowCalls() {
        return workers.detachedCount() < shares.maxThreads() / 2 && workers.hasStandby();
    }

    /** Charges a request's message, which is to be copied; false if there is no room for it. */
    boolean keep(Charge charge, Share device, FuseRequest request) {
        boolean charged = shares.keep(charge, device, request.uid(), request.length());
        if (!charged) {
            tell(Shares.Refusal.BYTES, request);
        }
        return charged;
    }

    void tell(Shares.Refusal refusal, FuseRequest request) {
        LogLimit limit =
                switch (refusal) {
                    case THREADS -> NO_THREADS_LEFT;
                    case PAGES -> NO_PAGES_LEFT;
                    default -> NO_BYTES_LEFT;
                };
        int leftOut = limit.admit();
        if (leftOut < 0) {
            return;
        }
        if (refusal == Shares.Refusal.PAGES) {
            LOG.warn(
                    "{}: drivers keep {} page-ins and {} write-backs of mapped nodes waiting, as"
                            + " many as they may: a process of user {} gets SIGBUS or ENOMEM. With"
                            + " more of them no close would reach a driver; let drivers answer for"
                            + " pages without sleeping (Call.isMappedPage){}",
                    name,
                    shares.pageIns(),
                    shares.writeBacks(),
                    Integer.toUnsignedString(request.uid()),
                    LogLimit.more(leftOut));
        } else if (refusal == Shares.Refusal.THREADS) {
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

    CallerMemoryPolicy memoryPolicy() {
        return memoryPolicy;
    }

    RequestHandler newHandler(Exchange exchange) {
        return handlers.newHandler(exchange);
    }

    Roles roles() {
        return roles;
    }

    /**
     * Queues a woken request and makes sure that somebody runs it. May be called with hardly any
     * stack left, and needs no memory.
     */
    void runAgain(HeldRequest request) {
        woken.add(request);
        noneMayRun = false;
        if (ended.get() && woken.remove(request)) {
            request.abandon(); // the end may have looked before it was added
            return;
        }
        wakeRunner();
    }

    private void wakeRunner() {
        if (roles.isOpen(Role.RUNNER)) {
            workers.wakeOne();
        }
    }

    private boolean isRunnerWanted() {
        return !woken.isEmpty() && !noneMayRun;
    }

    /**
     * At the bound only requests of devices that are going are run: the gate refuses them. They run
     * also where no thread is to be had for a standby: the reader is another thread, and lets in
     * nothing that might park.
     */
    private boolean mayRun(HeldRequest request) {
        return shares.mayRunAgain(request.charge()) || request.isRefused();
    }

    /** The next request for the runner; null if it has lost its role, for want of one. */
    HeldRequest nextWoken(Worker worker) {
        while (true) {
            workers.hasStandby();
            noneMayRun = true; // what changes from here on clears it, and is seen below
            HeldRequest next = woken.poll();
            if (next != null) {
                noneMayRun = false;
                return next;
            }
            roles.release(Role.RUNNER, worker);
            // What changed before the role was given up found it taken.
            if (!roles.take(Role.RUNNER, worker)) {
                return null;
            }
        }
    }

    /** Takes a request that waits to be run again; true for one caller, the runner included. */
    boolean takeWoken(HeldRequest request) {
        return woken.remove(request);
    }

    private final class PoolListener implements WorkerPool.Listener {
        @Override
        public void noStandby() {
            monitor.wake();
        }

        @Override
        public void mayParkAgain() {
            noneMayRun = false;
            wakeRunner();
        }
    }

    /** Whether something waits for a round of the monitor. */
    boolean isAnythingPending() {
        return !ended.get() && (roles.isAnyOpen() || !woken.isEmpty());
    }

    /** A round of the monitor: what had no thread gets one; true if there was something. */
    boolean servePending() {
        if (noneMayRun && woken.mayAnyRun()) {
            noneMayRun = false;
        }
        return workers.serveOpenRoles() || !woken.isEmpty();
    }

    /** Answers a request from a thread without a worker's buffer. */
    void replyError(long unique, int errno) {
        synchronized (smallReply) {
            channel.send(smallReply, 0, FuseReply.error(smallReply.bytes(), 0, unique, errno));
        }
    }

    /** Answers a WRITE from a thread without a worker's buffer. */
    void replyWritten(long unique, int bytes) {
        synchronized (smallReply) {
            channel.send(smallReply, 0, FuseReply.write(smallReply.bytes(), 0, unique, bytes));
        }
    }

    /** A message that cannot be right: answers it if that is possible and wanted, and says so. */
    void refuse(FuseRequest request, DecodeError error) {
        if (error.isAnswerable() && request.opcode().expectsReply()) {
            replyError(request.unique(), EIO);
        }
        CarefulLog.refused(name, request, error);
    }

    /** The kernel will send no more requests. */
    void connectionEnded() {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        memoryPolicy.end();
        if (!closing.get()) {
            CarefulLog.ended(name);
        }
        // Nobody waits for the answers; calls that still sleep are to end, as if their callers
        // died.
        try {
            Thread thread = new Thread(null, this::finish, name + "-end", 0, false);
            thread.setDaemon(true);
            endThread = thread;
            thread.start();
        } catch (Throwable e) {
            endThread = null;
            CarefulLog.noThread(name, e);
            finish();
        }
    }

    // Callers of every device wait for these steps: what fails for want of memory is tried again,
    // and what fails for ever does not keep the rest from being done.
    private void finish() {
        boolean cut = !closing.get();
        for (int step = 0; step <= LAST_STEP; step++) {
            for (int tries = 0; tries < MOST_TRIES && !attempt(step, cut); tries++) {
                pause(FAILURE_PAUSE);
            }
        }
    }

    private boolean attempt(int step, boolean cut) {
        Throwable failure;
        try {
            finish(step, cut);
            return true;
        } catch (Throwable e) {
            failure = e;
        }
        CarefulLog.goingOn(Thread.currentThread(), failure);
        return false;
    }

    private void finish(int step, boolean cut) {
        switch (step) {
            case 0 -> {
                // If it was an error here that ended the serving, the kernel must know that nobody
                // answers. A close of ours does it itself, when the answers on their way have been
                // sent.
                if (cut) {
                    endAccess(ACCESS_PATIENCE);
                    channel.close();
                }
            }
            case 1 -> {
                HeldRequest each = inFlight.first();
                while (each != null) {
                    HeldRequest next = inFlight.after(each);
                    each.interrupt();
                    each = next;
                }
            }
            case 2 -> {
                for (HeldRequest request; (request = woken.pollAny()) != null; ) {
                    request.abandon();
                }
            }
            case 3 -> {
                if (handlers != null) { // it was never started
                    handlers.connectionEnded();
                }
            }
            case LAST_STEP -> {
                workers.close();
                monitor.stop();
                notifier.stop();
            }
            default -> throw new IllegalArgumentException();
        }
    }

    /** The number of calls parked or stuck in drivers now. */
    public int parkedCalls() {
        return workers.detachedCount();
    }

    /** The bytes that sleeping calls hold now: their messages, and what belongs to each. */
    public long sleepingBytes() {
        return shares.bytes();
    }

    /**
     * Answers the calls whose threads are ending the JVM with ENODEV: they never return, and {@link
     * #close} does not wait for them. Their callers, and the JVM, would wait for each other.
     *
     * @return how many there are; one that began just now may not be found yet
     */
    public int answerExiting() {
        int count = 0;
        for (HeldRequest each = inFlight.first(); each != null; each = inFlight.after(each)) {
            if (ExitingThreads.contains(each.thread())) {
                each.answerFor(Errno.ENODEV.number());
                count++;
            }
        }
        exiting = count;
        return count;
    }

    /** The mount is about to be taken away by us: its end is no surprise. */
    public void expectEnd() {
        closing.set(true);
    }

    /**
     * Goes on serving while a condition holds, or a request waits to be read: at the end of the
     * connection who waits for an answer would be told of that instead of the device's removal. For
     * up to three seconds, and not after the kernel has ended the connection.
     *
     * @param most nanoseconds, if less than three seconds
     */
    public void serveWhile(BooleanSupplier condition, long most) {
        NativeBuffer memory = NativeBuffer.allocate(8);
        long deadline = System.nanoTime() + Math.min(most, MOST_SERVING);
        while (!ended.get()
                && (condition.getAsBoolean() || channel.isReadable(memory))
                && deadline - System.nanoTime() > 0) {
            pause(ANSWER_PAUSE);
        }
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
            all &= (exiting > 0 && ExitingThreads.contains(worker)) || join(worker, deadline);
        }
        return all;
    }

    /** A call leaves its gate before its worker has sent the answer: lets those be sent. */
    private void awaitAnswers(long deadline) {
        while (isAnythingUnanswered() && deadline - System.nanoTime() > 0) {
            pause(ANSWER_PAUSE);
        }
    }

    /**
     * Lets no access to a caller's memory begin, and waits for those that go on: with the
     * connection their callers are free to go. One may take longer, waiting for a page of the
     * caller's; it found its caller when it began, and is left to it.
     */
    private void endAccess(long nanos) {
        memoryPolicy.end();
        long deadline = System.nanoTime() + nanos;
        while (inFlight.isAccessing() && deadline - System.nanoTime() > 0) {
            pause(ANSWER_PAUSE);
        }
    }

    private void pause(long nanos) {
        boolean interrupted = Thread.interrupted(); // or it would not pause
        LockSupport.parkNanos(this, nanos);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isAnythingUnanswered() {
        return workers.detachedCount() > exiting
                || !woken.isEmpty()
                || isBusy(Role.READER)
                || isBusy(Role.RUNNER);
    }

    /** Whether the worker that has a role runs a request. */
    boolean isBusy(Role role) {
        Worker holder = roles.holder(role);
        return holder != null && holder.isBusy();
    }

    /** Waits for a thread's end, the calling one excepted; false if the time is over. */
    private static boolean join(Thread thread, long deadline) {
        boolean interrupted = false;
        // One look each time: a worker that starts after the last one is not a thread that stays.
        boolean ended = hasEnded(thread);
        while (!ended) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                break;
            }
            try {
                thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(left)));
            } catch (InterruptedException e) {
                interrupted = true;
            }
            ended = hasEnded(thread);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return ended;
    }

    private static boolean hasEnded(Thread thread) {
        return !thread.isAlive() || thread == Thread.currentThread();
    }
}
