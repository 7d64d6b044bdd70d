package org.cdevgate.gate;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.cdevgate.internal.WaitsFor;

/**
 * A thread of a test's with a result. Each is joined by {@link #result()} or {@link #failure()}.
 */
final class Background<T> {
    private final FutureTask<T> task;
    private final Thread thread;

    private Background(Callable<T> work) {
        task = new FutureTask<>(work);
        thread = new Thread(task, "test-background");
        thread.setDaemon(true); // a test that fails must not keep the JVM
    }

    static <T> Background<T> start(Callable<T> work) {
        Background<T> background = new Background<>(work);
        background.thread.start();
        return background;
    }

    Thread thread() {
        return thread;
    }

    boolean isDone() {
        return task.isDone();
    }

    /** Waits until the thread is parked for this, or waits for or on its monitor. */
    Background<T> awaitWaitingFor(Object what) {
        Eventually.until(
                "the other thread to wait for " + what, () -> WaitsFor.thing(thread, what));
        return this;
    }

    /** Waits until the thread waits for what is in flight in a gate, or for what others do. */
    Background<T> awaitDraining() {
        Eventually.until(
                "the other thread to drain a gate",
                () -> WaitsFor.oneOf(thread, Drain.class.getName()));
        return this;
    }

    /** Waits until the thread waits, at the end of its call, for a cancellation callback. */
    Background<T> awaitEndingCancels() {
        Eventually.until(
                "the end of the other thread's call to wait for a callback",
                () -> WaitsFor.oneOf(thread, CancelCallback.class.getName()));
        return this;
    }

    /** Joins the thread and gives its result. */
    T result() throws Exception {
        try {
            T result = task.get(Eventually.LIMIT, TimeUnit.SECONDS);
            thread.join();
            return result;
        } catch (ExecutionException e) {
            throw new AssertionError("the other thread failed: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            AssertionError stuck =
                    new AssertionError("the other thread hangs; its stack is this one's cause");
            Throwable where = new Throwable("stack of " + thread.getName());
            where.setStackTrace(thread.getStackTrace());
            stuck.initCause(where);
            throw stuck;
        }
    }

    /** Joins the thread and gives what it threw. */
    Throwable failure() throws Exception {
        try {
            T result = task.get(Eventually.LIMIT, TimeUnit.SECONDS);
            throw new AssertionError("the other thread was to fail, but returned " + result);
        } catch (ExecutionException e) {
            thread.join();
            return e.getCause();
        } catch (TimeoutException e) {
            result(); // reports the stack
            throw e;
        }
    }
}
