package org.cdevgate.mutants;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs tests on broken libraries, one after the other. Reads lines "folder TAB test" (a folder of
 * {@code -} is none: the library as it is; a test is {@code package.Class} or {@code
 * package.Class#method}), and answers each with "passed", "failed TAB why" or "error TAB why". What
 * tests print goes to the error output. It ends by itself after an answer if the tests have left
 * something running.
 */
final class TestWorker implements TestExecutionListener {
    /**
     * How long tests wait for a condition that a mutant may keep from coming; each reads it anew.
     */
    private static final String LIMIT = "cdevgate.test.seconds";

    private static final String LIMIT_SECONDS = "10";
    private static final long PATIENCE_SECONDS = 2;
    private static final long LOOK_AGAIN_MILLIS = 5;

    private final CompletableFuture<String> failure = new CompletableFuture<>();
    private int run;

    private TestWorker() {}

    public static void main(String[] args) throws Exception {
        PrintStream answers = System.out;
        System.setOut(System.err);
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        try (BufferedReader in =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line; (line = in.readLine()) != null; ) {
                String[] order = line.split("\t", 2);
                String answer;
                boolean quiet = true;
                try {
                    TestWorker worker = new TestWorker();
                    Thread tests = worker.start(order[0], order[1]);
                    answer = worker.answer(tests);
                    quiet = !tests.isAlive() && isQuiet(before);
                } catch (IOException | ReflectiveOperationException | RuntimeException e) {
                    answer = "error\t" + e;
                }
                answers.println(answer.replace('\n', ' '));
                answers.flush();
                if (!quiet) {
                    break;
                }
            }
        }
        System.exit(0);
    }

    private Thread start(String folder, String test)
            throws IOException, ReflectiveOperationException {
        List<URL> folders = new ArrayList<>();
        if (folder.equals("-")) {
            System.clearProperty(LIMIT); // on a machine that does other things too
        } else {
            System.setProperty(LIMIT, LIMIT_SECONDS);
            folders.add(Path.of(folder).toUri().toURL());
        }
        for (String each : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            if (Files.isDirectory(Path.of(each))) {
                folders.add(Path.of(each).toUri().toURL());
            }
        }
        @SuppressWarnings("resource") // what a mutant leaves running may still load classes
        BrokenLoader loader = new BrokenLoader(folders.toArray(new URL[0]));
        LauncherDiscoveryRequest request =
                LauncherDiscoveryRequestBuilder.request().selectors(select(test, loader)).build();
        Thread thread =
                new Thread(
                        () -> {
                            LauncherFactory.create().execute(request, this);
                            failure.complete(null);
                        },
                        "tests");
        thread.setContextClassLoader(loader);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** A method by its name alone: its parameters need not be told. */
    private static DiscoverySelector select(String test, ClassLoader loader)
            throws ReflectiveOperationException {
        int mark = test.indexOf('#');
        if (mark < 0) {
            return selectClass(Class.forName(test, false, loader));
        }
        Class<?> tests = Class.forName(test.substring(0, mark), false, loader);
        for (Method each : tests.getDeclaredMethods()) {
            if (each.getName().equals(test.substring(mark + 1))) {
                return selectMethod(tests, each);
            }
        }
        throw new NoSuchMethodException(test);
    }

    private String answer(Thread tests) throws InterruptedException {
        String why;
        try {
            why = failure.get();
            // The rest of its class, maybe; what is still at it then is left to another JVM.
            tests.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        } catch (java.util.concurrent.ExecutionException e) {
            return "error\t" + e.getCause();
        }
        if (why != null) {
            return "failed\t" + why;
        }
        return run == 0 ? "error\tthere is no such test" : "passed";
    }

    /** Whether nothing that was started since goes on keeping a processor busy. */
    private static boolean isQuiet(Set<Thread> before) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (isAnyRunning(before)) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            Thread.sleep(LOOK_AGAIN_MILLIS);
        }
        return true;
    }

    private static boolean isAnyRunning(Set<Thread> before) {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(
                        each ->
                                !before.contains(each)
                                        && each != Thread.currentThread()
                                        && each.getState() == Thread.State.RUNNABLE);
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (test.isTest()) {
            run++;
        }
        if (result.getStatus() == TestExecutionResult.Status.FAILED) {
            Throwable thrown = result.getThrowable().orElse(null);
            if (thrown != null) {
                thrown.printStackTrace(System.err);
            }
            String why = String.valueOf(thrown).lines().findFirst().orElse("");
            failure.complete(test.getDisplayName() + ": " + why);
        }
    }
}
