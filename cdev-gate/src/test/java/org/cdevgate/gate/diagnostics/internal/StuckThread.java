package org.cdevgate.gate.diagnostics.internal;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.cdevgate.internal.WaitsFor;

/** A thread of a test's that gets stuck somewhere until the test lets it go and joins it. */
final class StuckThread {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    interface Body {
        void run() throws Exception;
    }

    private final Thread thread;
    private volatile Throwable failure;

    private StuckThread(String name, Body body) {
        thread =
                new Thread(
                        () -> {
                            try {
                                body.run();
                            } catch (Throwable e) {
                                failure = e;
                            }
                        },
                        name);
        thread.setDaemon(true); // a test that fails must not keep the JVM
    }

    static StuckThread start(String name, Body body) {
        StuckThread worker = new StuckThread(name, body);
        worker.thread.start();
        return worker;
    }

    Thread thread() {
        return thread;
    }

    /** Waits until it is parked for this, or waits for or on its monitor. */
    StuckThread awaitWaitingFor(Object what) {
        until(
                thread + " to wait for " + ThreadGraphTest.identity(what),
                () -> WaitsFor.thing(thread, what));
        return this;
    }

    /** Waits until it wants the monitor; who waits on it does not. */
    StuckThread awaitBlockedOn(Object monitor) {
        until(
                thread + " to be blocked on " + ThreadGraphTest.identity(monitor),
                () -> WaitsFor.thing(thread, monitor) && thread.getState() == Thread.State.BLOCKED);
        return this;
    }

    /** Waits until it is parked by something of java.util.concurrent, which parks on its own. */
    StuckThread awaitParkedIn(String synchronizer) {
        until(
                thread + " to be parked in " + synchronizer,
                () -> WaitsFor.oneOf(thread, "java.util.concurrent." + synchronizer));
        return this;
    }

    /** Waits until it is inside a method of that name, which is where it stays. */
    StuckThread awaitInside(String method) {
        until(thread + " to be in " + method, () -> isInside(method));
        return this;
    }

    /** {@link #awaitInside}, where it waits in one way. */
    StuckThread awaitInside(String method, Thread.State state) {
        until(
                thread + " to be " + state + " in " + method,
                () -> isInside(method) && thread.getState() == state);
        return this;
    }

    private boolean isInside(String method) {
        return Stream.of(thread.getStackTrace())
                .anyMatch(frame -> frame.getMethodName().equals(method));
    }

    void join() throws InterruptedException {
        thread.join(LIMIT.toMillis());
        if (thread.isAlive()) {
            throw new AssertionError(thread + " does not end");
        }
        if (failure != null) {
            throw new AssertionError(thread + " failed", failure);
        }
    }

    static void until(String what, Callable<Boolean> condition) {
        Awaitility.await(what)
                .pollInSameThread()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .atMost(LIMIT)
                .until(condition);
    }

    /** Waits for a latch, on any thread. */
    static void await(CountDownLatch latch) throws InterruptedException {
        if (!latch.await(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("the test never came so far");
        }
    }
}
