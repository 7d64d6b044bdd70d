package org.cdevgate.fuse.harness;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.awaitility.core.ConditionTimeoutException;

/** Nothing in a test waits for ever. */
public final class Within {
    /** For anything that is expected to happen at once, with room for a busy machine. */
    public static final Duration LIMIT = Duration.ofMinutes(2);

    private static final Duration POLL_INTERVAL = Duration.ofMillis(2);

    private Within() {}

    /** What may fail in any way. */
    public interface Action {
        /** Does it. */
        void run() throws Exception;
    }

    /** Waits until a condition holds. */
    public static void limit(String what, Callable<Boolean> condition) {
        limit(what, condition, () -> "");
    }

    /**
     * Waits until a condition holds.
     *
     * @param what the condition in words, for the failure message
     * @param state what to tell of the state if it never holds
     */
    public static void limit(String what, Callable<Boolean> condition, Supplier<String> state) {
        try {
            await(what)
                    .pollInSameThread()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(POLL_INTERVAL)
                    .atMost(LIMIT)
                    .until(condition);
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(
                    "not within " + LIMIT.toSeconds() + " s: " + what + "\n" + state.get(), e);
        }
    }

    /**
     * Runs what must return at once, on a thread of its own, because a removal that hangs cannot be
     * interrupted. If it hangs the failure shows every thread's stack and the thread is abandoned.
     */
    public static <T> T limit(String what, Duration limit, Callable<T> action) throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread runner =
                new Thread(
                        () -> {
                            try {
                                result.complete(action.call());
                            } catch (Throwable e) {
                                result.completeExceptionally(e);
                            }
                        },
                        "harness-" + what);
        runner.setDaemon(true);
        runner.start();
        try {
            T value = result.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            runner.join();
            return value;
        } catch (TimeoutException e) {
            throw new AssertionError(
                    what + " did not return within " + limit.toSeconds() + " s\n" + stacks(), e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            if (e.getCause() instanceof Exception exception) {
                throw exception;
            }
            throw e;
        }
    }

    /** {@link #limit(String, Duration, Callable)} for what has no result, with the usual limit. */
    public static void run(String what, Action action) throws Exception {
        limit(
                what,
                LIMIT,
                () -> {
                    action.run();
                    return null;
                });
    }

    private static String stacks() {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<Thread, StackTraceElement[]> each : Thread.getAllStackTraces().entrySet()) {
            text.append(each.getKey().getName()).append('\n');
            for (StackTraceElement frame : each.getValue()) {
                text.append("    at ").append(frame).append('\n');
            }
        }
        return text.toString();
    }
}
