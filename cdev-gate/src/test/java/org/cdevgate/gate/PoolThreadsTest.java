package org.cdevgate.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.lang.ref.WeakReference;
import java.lang.reflect.Field;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.cdevgate.gate.accounting.CallRecords;
import org.junit.jupiter.api.Test;

/** Threads that live longer than what called through a gate on them. */
class PoolThreadsTest {
    @Test
    void aClassLoaderWhoseGateWasUsedOnThemCanBeCollected() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(2);
        try {
            List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
            for (int reload = 0; reload < 4; reload++) {
                loaders.add(useAndDrop(pool));
            }
            Eventually.until(
                    "the loaders to be collected",
                    () -> {
                        System.gc();
                        return loaders.stream().allMatch(each -> each.get() == null);
                    });
        } finally {
            pool.shutdownNow();
        }
    }

    private static WeakReference<ClassLoader> useAndDrop(ExecutorService pool) throws Exception {
        List<URL> urls = new ArrayList<>();
        for (String each : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            urls.add(Path.of(each).toUri().toURL());
        }
        try (URLClassLoader loader =
                new URLClassLoader(
                        urls.toArray(new URL[0]), ClassLoader.getPlatformClassLoader())) {
            Object guest =
                    loader.loadClass(LoaderGuest.class.getName()).getConstructor().newInstance();
            for (int i = 0; i < 4; i++) { // on both threads, as a rule
                assertEquals(1, pool.submit((Callable<?>) guest).get());
            }
            return new WeakReference<>(loader);
        }
    }

    /** The common ForkJoinPool is one such, in some releases of the JDK. */
    @Test
    void aPoolThatTakesThreadLocalsAwayBetweenTasksMakesNoNewRecords() throws Exception {
        FopsGate gate = Reading.gate("device", (file, call) -> 1);
        int[] grown = new int[1];
        Thread worker =
                new Thread(
                        () -> {
                            try {
                                gate.exit(gate.enter());
                                int before = CallRecordProbe.records();
                                for (int task = 0; task < 1_000; task++) {
                                    takeThreadLocalAway();
                                    gate.exit(gate.enter());
                                }
                                grown[0] = CallRecordProbe.records() - before;
                            } catch (Exception e) {
                                throw new AssertionError(e);
                            }
                        });
        CountDownLatch ready = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        // A thread that lives on has the worker's place in the table of threads.
        Thread other;
        do {
            other =
                    new Thread(
                            () -> {
                                try {
                                    gate.exit(gate.enter());
                                    ready.countDown();
                                    done.await();
                                } catch (Exception e) {
                                    throw new AssertionError(e);
                                }
                            });
        } while (placeOf(other) != placeOf(worker));
        other.start();
        ready.await();
        worker.start();
        worker.join();
        done.countDown();
        other.join();
        assertTrue(grown[0] < 10, grown[0] + " records for the tasks of one thread");
        assertTrue(gate.unregisterSync());
    }

    @SuppressWarnings("deprecation") // threadId() came with JDK 19
    private static long placeOf(Thread thread) {
        return thread.getId() & 1023;
    }

    private static void takeThreadLocalAway() throws ReflectiveOperationException {
        Field current = CallRecords.class.getDeclaredField("CURRENT");
        current.setAccessible(true);
        ((ThreadLocal<?>) current.get(null)).remove();
    }
}
