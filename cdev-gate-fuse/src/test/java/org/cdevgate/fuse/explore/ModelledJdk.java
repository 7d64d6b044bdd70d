package org.cdevgate.fuse.explore;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.cdevgate.fuse.libc.NativeBuffer;
import org.slf4j.Logger;
import org.slf4j.helpers.NOPLogger;

/**
 * What the code under test calls in the place of the JDK's threads, locks and clock, see {@link
 * Rewriter}. The methods bear the names of those they replace; an instance comes as the first
 * argument. On a thread that is in no run they do what the JDK does.
 */
@SuppressWarnings({"SystemOut", "unused"}) // called from code that is made while it is loaded
public final class ModelledJdk {
    private ModelledJdk() {}

    private static Task me() {
        return ModelThread.taskOf(Thread.currentThread());
    }

    private static Task required() {
        Task me = me();
        if (me == null) {
            throw new IllegalStateException(Thread.currentThread() + " is in no run");
        }
        return me;
    }

    private static void await(Task me, String what, BooleanSupplier condition) {
        me.world.await(me, what, condition, Task.NEVER);
    }

    // Points

    public static void point(int site) {
        Task me = me();
        if (me != null) {
            me.world.point(me, site);
        }
    }

    /** Before an access to a field of an object; only those that several threads use are points. */
    public static void pointOf(Object owner, int site, int field) {
        Task me = me();
        if (me != null && me.world.isShared(owner, field, me)) {
            me.world.point(me, site);
        }
    }

    // LockSupport

    public static void park() {
        park(null);
    }

    public static void park(Object blocker) {
        Task me = me();
        if (me == null) {
            LockSupport.park(blocker);
            return;
        }
        await(me, "unpark", () -> me.permit || me.interrupted);
        me.permit = false;
    }

    public static void parkNanos(long nanos) {
        parkNanos(null, nanos);
    }

    public static void parkNanos(Object blocker, long nanos) {
        Task me = me();
        if (me == null) {
            LockSupport.parkNanos(blocker, nanos);
        } else if (nanos > 0) {
            me.world.await(
                    me,
                    "unpark, or " + nanos + " ns",
                    () -> me.permit || me.interrupted,
                    me.world.now() + nanos);
            me.permit = false;
        }
    }

    public static void unpark(Thread thread) {
        Task task = ModelThread.taskOf(thread);
        if (task == null) {
            LockSupport.unpark(thread);
            return;
        }
        task.permit = true;
    }

    // Thread

    public static void start(Thread thread) {
        Task me = me();
        if (me == null || !(thread instanceof ModelThread model)) {
            thread.start();
            return;
        }
        if (me.world.failsToStart(thread)) {
            throw new OutOfMemoryError("unable to create native thread, as the scenario wants it");
        }
        model.startIn(me.world);
    }

    public static boolean interrupted() {
        Task me = me();
        if (me == null) {
            return Thread.interrupted();
        }
        boolean was = me.interrupted;
        me.interrupted = false;
        return was;
    }

    public static boolean isInterrupted(Thread thread) {
        Task task = ModelThread.taskOf(thread);
        return task == null ? thread.isInterrupted() : task.interrupted;
    }

    public static void interrupt(Thread thread) {
        Task task = ModelThread.taskOf(thread);
        if (task == null) {
            thread.interrupt();
            return;
        }
        task.interrupted = true;
    }

    public static boolean isAlive(Thread thread) {
        Task task = ModelThread.taskOf(thread);
        return task == null ? thread.isAlive() : !task.ended;
    }

    public static void join(Thread thread) throws InterruptedException {
        join(thread, 0);
    }

    public static void join(Thread thread, long millis) throws InterruptedException {
        Task me = me();
        Task task = ModelThread.taskOf(thread);
        if (me == null || task == null) {
            thread.join(millis);
            return;
        }
        long deadline =
                millis == 0 ? Task.NEVER : me.world.now() + TimeUnit.MILLISECONDS.toNanos(millis);
        me.world.await(me, "the end of " + task, () -> task.ended || me.interrupted, deadline);
        throwIfInterrupted(me);
    }

    public static void sleep(long millis) throws InterruptedException {
        Task me = me();
        if (me == null) {
            Thread.sleep(millis);
            return;
        }
        long nanos = TimeUnit.MILLISECONDS.toNanos(millis);
        me.world.await(me, millis + " ms", () -> me.interrupted, me.world.now() + nanos);
        throwIfInterrupted(me);
    }

    public static void onSpinWait() {
        parkNanos(null, 1000); // the others first, or time
    }

    public static long nanoTime() {
        Task me = me();
        return me == null ? System.nanoTime() : me.world.now();
    }

    private static void throwIfInterrupted(Task me) throws InterruptedException {
        if (me.interrupted) {
            me.interrupted = false;
            throw new InterruptedException();
        }
    }

    // Monitors and locks

    public static void enter(Object monitor) {
        Task me = me();
        if (me != null) {
            acquire(me, me.world.lockOf(monitor), 1);
        }
    }

    public static void exit(Object monitor) {
        Task me = me();
        if (me != null) {
            release(me, me.world.lockOf(monitor));
        }
    }

    private static void acquire(Task me, World.Lock lock, int count) {
        if (lock.owner != me && lock.owner != null) {
            await(me, "a lock that " + lock.owner + " has", () -> lock.owner == null);
        }
        lock.owner = me;
        lock.count += count;
    }

    private static void release(Task me, World.Lock lock) {
        if (lock.owner != me) {
            throw new IllegalMonitorStateException(me + " does not have the lock");
        }
        if (--lock.count == 0) {
            lock.owner = null;
        }
    }

    public static void wait(Object monitor) throws InterruptedException {
        wait(monitor, 0);
    }

    public static void wait(Object monitor, long millis) throws InterruptedException {
        Task me = required();
        World.Lock lock = me.world.lockOf(monitor);
        if (lock.owner != me) {
            throw new IllegalMonitorStateException(me + " does not have the lock");
        }
        long deadline =
                millis == 0 ? Task.NEVER : me.world.now() + TimeUnit.MILLISECONDS.toNanos(millis);
        int count = lock.count;
        lock.count = 0;
        lock.owner = null;
        lock.waiting.add(me);
        me.world.await(me, "notify", () -> me.interrupted || !lock.waiting.contains(me), deadline);
        lock.waiting.remove(me);
        acquire(me, lock, count);
        throwIfInterrupted(me);
    }

    public static void notifyAll(Object monitor) {
        Task me = me();
        if (me != null) {
            me.world.lockOf(monitor).waiting.clear();
        }
    }

    public static void notify(Object monitor) {
        Task me = me();
        if (me != null) {
            World.Lock lock = me.world.lockOf(monitor);
            if (!lock.waiting.isEmpty()) {
                lock.waiting.remove(0);
            }
        }
    }

    public static void lock(Lock lock) {
        Task me = me();
        if (me == null) {
            lock.lock();
        } else {
            enter(lock);
        }
    }

    public static void unlock(Lock lock) {
        Task me = me();
        if (me == null) {
            lock.unlock();
        } else {
            exit(lock);
        }
    }

    public static boolean tryLock(Lock lock) {
        Task me = me();
        if (me == null) {
            return lock.tryLock();
        }
        World.Lock model = me.world.lockOf(lock);
        boolean free = model.owner == null || model.owner == me;
        if (free) {
            acquire(me, model, 1);
        }
        return free;
    }

    public static boolean isHeldByCurrentThread(ReentrantLock lock) {
        Task me = me();
        return me == null ? lock.isHeldByCurrentThread() : me.world.lockOf(lock).owner == me;
    }

    public static boolean holdsLock(Object monitor) {
        Task me = me();
        return me == null ? Thread.holdsLock(monitor) : me.world.lockOf(monitor).owner == me;
    }

    // Queues

    public static Object take(LinkedBlockingQueue<?> queue) throws InterruptedException {
        Task me = me();
        if (me == null) {
            return queue.take();
        }
        await(me, "a queue's next", () -> !queue.isEmpty() || me.interrupted);
        throwIfInterrupted(me);
        return queue.poll();
    }

    // The rest of the world

    public static NativeBuffer allocate(int bytes) {
        Task me = me();
        return me == null ? NativeBuffer.allocate(bytes) : me.world.buffer(bytes);
    }

    public static Logger getLogger(Class<?> of) {
        return NOPLogger.NOP_LOGGER; // what goes wrong is seen from outside
    }

    public static Logger getLogger(String name) {
        return NOPLogger.NOP_LOGGER;
    }

    // For scenarios

    /** What stands behind a class of the code under test that talks to the system. */
    public interface Outside {
        Object call(Object object, String method, Object[] arguments);
    }

    /** In place of the methods of {@link Rewriter#OUTSIDE}. */
    public static Object outside(Object object, String method, Object[] arguments) {
        return ((Outside) required().world.properties().get("outside"))
                .call(object, method, arguments);
    }

    public static void setOutside(Outside outside) {
        required().world.properties().put("outside", outside);
    }

    /** Waits for a condition of the scenario's own, interrupted or not. */
    public static void awaitCondition(String what, BooleanSupplier condition) {
        await(required(), what, condition);
    }

    /** Waits for a condition; false if it is interrupted, which is taken back, or time is over. */
    public static boolean awaitInterruptibly(String what, BooleanSupplier condition, long nanos) {
        Task me = required();
        long deadline = nanos == 0 ? Task.NEVER : me.world.now() + nanos;
        boolean inTime =
                me.world.await(
                        me, what, () -> me.interrupted || condition.getAsBoolean(), deadline);
        if (me.interrupted) {
            me.interrupted = false;
            return false;
        }
        return inTime;
    }

    /** From here on threads are switched. */
    public static void explore() {
        required().world.explore(true);
    }

    /** From here on threads go on until they wait. */
    public static void stopExploring() {
        required().world.explore(false);
    }

    /** Waits until all others wait, without any help of the clock. */
    public static void settle() {
        Task me = required();
        me.world.settle(me, 0);
    }

    /** Waits until all others wait, with the clock going on for a time. */
    public static void settle(long nanos) {
        Task me = required();
        me.world.settle(me, nanos);
    }

    /** Waits for a time. */
    public static void pause(long millis) {
        Task me = required();
        long nanos = TimeUnit.MILLISECONDS.toNanos(millis);
        me.world.await(me, millis + " ms", () -> false, me.world.now() + nanos);
    }

    /** Whether a thread waits, and does so with a time limit. */
    public static boolean waitsWithLimit(String thread) {
        return required().world.isTimed(thread);
    }

    /** The next threads do not start. */
    public static void failStarts(int number) {
        required().world.failStarts(number);
    }

    /** The threads that run or wait, without the caller's. */
    public static java.util.List<String> alive() {
        Task me = required();
        return me.world.alive(me);
    }

    /** Ends the run: something is wrong. */
    public static void fail(String what) {
        required().world.fail(what, new Throwable(what));
    }
}
