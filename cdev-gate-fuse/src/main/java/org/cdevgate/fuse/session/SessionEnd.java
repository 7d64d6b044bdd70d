package org.cdevgate.fuse.session;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.cdevgate.abi.Errno;
import org.cdevgate.fuse.libc.NativeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * How a session ends: by {@link FuseSession#close}, or because the kernel has ended the connection
 * and a worker found that.
 */
final class SessionEnd {
    private static final long ANSWER_PAUSE = TimeUnit.MICROSECONDS.toNanos(100);
    private static final long MAX_SERVING = TimeUnit.SECONDS.toNanos(3);
    private static final long ACCESS_PATIENCE = TimeUnit.SECONDS.toNanos(5);

    private static final int LAST_STEP = 4;
    private static final int MAX_TRIES = 1000;
    private static final long FAILURE_PAUSE = TimeUnit.MILLISECONDS.toNanos(10);

    private final FuseSession session;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicBoolean closing = new AtomicBoolean();
    private volatile @Nullable Thread endThread;
    private volatile int exiting; // calls that end the JVM

    SessionEnd(FuseSession session) {
        this.session = session;
    }

    /** The kernel will send no more requests: all that waits or sleeps ends. */
    void begin() {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        session.memoryPolicy().end();
        if (!closing.get()) {
            CarefulLog.ended(session.name());
        }
        // Nobody waits for the answers; calls that still sleep are to end, as if their callers
        // died.
        try {
            Thread thread = new Thread(null, this::finish, session.name() + "-end", 0, false);
            thread.setDaemon(true);
            endThread = thread;
            thread.start();
        } catch (Throwable e) {
            endThread = null;
            CarefulLog.noThread(session.name(), e);
            finish();
        }
    }

    // Callers of every device wait for these steps: what fails for want of memory is tried again,
    // and what fails for ever does not keep the rest from being done.
    private void finish() {
        boolean cut = !closing.get();
        for (int step = 0; step <= LAST_STEP; step++) {
            for (int tries = 0; tries < MAX_TRIES && !attempt(step, cut); tries++) {
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
                    session.channel().close();
                }
            }
            case 1 -> {
                HeldRequest each = session.inFlight().first();
                while (each != null) {
                    HeldRequest next = session.inFlight().after(each);
                    each.interrupt();
                    each = next;
                }
            }
            case 2 -> session.runner().abandonAll();
            case 3 -> {
                RequestHandler.Factory handlers = session.handlers();
                if (handlers != null) { // or it was never started
                    handlers.connectionEnded();
                }
            }
            case LAST_STEP -> {
                session.workers().close();
                session.monitor().stop();
                session.notifier().stop();
            }
            default -> throw new IllegalArgumentException();
        }
    }

    /** See {@link FuseSession#answerExiting}. */
    int answerExiting() {
        int count = 0;
        for (HeldRequest each = session.inFlight().first();
                each != null;
                each = session.inFlight().after(each)) {
            if (ExitingThreads.contains(each.thread())) {
                each.answerFor(Errno.ENODEV.number());
                count++;
            }
        }
        exiting = count;
        return count;
    }

    /** See {@link FuseSession#expectEnd}. */
    void expect() {
        closing.set(true);
    }

    /** Whether the kernel will send no more requests. */
    boolean hasBegun() {
        return ended.get();
    }

    /** See {@link FuseSession#serveWhile}. */
    void serveWhile(BooleanSupplier condition, long most) {
        NativeBuffer memory = NativeBuffer.allocate(8);
        long deadline = System.nanoTime() + Math.min(most, MAX_SERVING);
        while (!ended.get()
                && (condition.getAsBoolean() || session.channel().isReadable(memory))
                && deadline - System.nanoTime() > 0) {
            pause(ANSWER_PAUSE);
        }
    }

    /** See {@link FuseSession#close}. */
    boolean close(long timeout) {
        expect();
        long deadline = System.nanoTime() + timeout;
        // While requests are still answered: the kernel may hold a notification back until one is,
        // and a thread inside that write would keep the connection alive.
        session.notifier().stop();
        boolean all = join(session.notifier().thread(), deadline);
        session.channel().stop();
        awaitAnswers(System.nanoTime() + (deadline - System.nanoTime()) / 2);
        endAccess(Math.min(ACCESS_PATIENCE, deadline - System.nanoTime()));
        session.channel().close();
        begin();
        Thread end = endThread;
        all &= end == null || join(end, deadline);
        all &= join(session.monitor().thread(), deadline);
        for (Thread worker : session.workers().threads()) {
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
        session.memoryPolicy().end();
        long deadline = System.nanoTime() + nanos;
        while (session.inFlight().isAccessing() && deadline - System.nanoTime() > 0) {
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
        return session.workers().detachedCount() > exiting
                || !session.runner().isEmpty()
                || session.isBusy(Role.READER)
                || session.isBusy(Role.RUNNER);
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
