package org.cdevgate.device;

import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Threads of a test, and waits for conditions. */
public final class TestThreads {
    /** Shorter where a hang is what is expected: of a library that is broken on purpose. */
    private static final int SECONDS = Integer.getInteger("cdevgate.test.seconds", 30);

    private TestThreads() {}

    /** Runs something on a thread of its own. */
    public static <T> FutureTask<T> start(Callable<T> work) {
        return start("test-background", work);
    }

    static <T> FutureTask<T> start(String name, Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    /** Waits for it; a hang fails the test. */
    public static <T> T join(FutureTask<T> task) throws Exception {
        return task.get(SECONDS, TimeUnit.SECONDS);
    }

    /** The test's time limit ends a wait in vain. */
    static void until(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            Thread.sleep(1);
        }
    }
}
