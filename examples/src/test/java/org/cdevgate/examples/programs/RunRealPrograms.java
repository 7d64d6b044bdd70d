package org.cdevgate.examples.programs;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectPackage;
import static org.junit.platform.launcher.TagFilter.includeTags;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.ClassNameFilter;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs the tests of this package, a line for each, and ends with "real programs: N run, N failed".
 * Arguments are parts of the names of those that are to run, all if there is none. The exit status
 * is 0 if some ran and none failed.
 */
public final class RunRealPrograms {
    private RunRealPrograms() {}

    /** Tells of each test when it has ended, and counts. */
    private static final class Reporter implements TestExecutionListener {
        private int run;
        private int failed;

        @Override
        public void executionSkipped(TestIdentifier test, String reason) {
            count(test, "SKIPPED: " + reason, null);
        }

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            boolean passed = result.getStatus() == TestExecutionResult.Status.SUCCESSFUL;
            // A class that fails before its first test has no test that could tell.
            if (test.isTest() || !passed) {
                count(test, passed ? null : "FAILED", result.getThrowable().orElse(null));
            }
        }

        private void count(TestIdentifier test, String failure, Throwable cause) {
            run++;
            System.out.println((failure == null ? "ok      " : failure + "  ") + name(test));
            if (failure != null) {
                failed++;
            }
            if (cause != null) {
                StringWriter text = new StringWriter();
                cause.printStackTrace(new PrintWriter(text));
                System.out.println(text);
            }
        }

        private static String name(TestIdentifier test) {
            String shown = test.getDisplayName();
            return test.getSource()
                    .filter(MethodSource.class::isInstance)
                    .map(MethodSource.class::cast)
                    .map(
                            at ->
                                    simple(at.getClassName())
                                            + ": "
                                            + words(at.getMethodName())
                                            + (shown.startsWith("[") ? " " + shown : ""))
                    .orElse(shown);
        }

        private static String simple(String className) {
            return className.substring(className.lastIndexOf('.') + 1).replaceFirst("IT$", "");
        }

        private static String words(String method) {
            return method.replaceAll("(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
        }
    }

    private static final String USAGE = "usage: RunRealPrograms [part of a test's name...]";

    /** Runs them. */
    public static void main(String[] arguments) {
        List<String> given = List.of(arguments);
        if (given.contains("--help")) {
            System.out.println(USAGE);
            System.out.println("Runs the tests with real programs, all or those that a name fits.");
            return;
        }
        for (String each : given) {
            if (each.startsWith("-")) {
                System.err.println("unknown option " + each + "; " + USAGE);
                System.exit(2);
            }
        }
        String names =
                Arrays.stream(arguments)
                        .map(Pattern::quote)
                        .reduce((one, other) -> one + "|" + other)
                        .map(any -> "(?i).*(" + any + ").*")
                        .orElse(".*");
        LauncherDiscoveryRequest request =
                LauncherDiscoveryRequestBuilder.request()
                        .selectors(selectPackage(RunRealPrograms.class.getPackageName()))
                        .filters(
                                includeTags("real-programs"),
                                ClassNameFilter.includeClassNamePatterns(names))
                        .build();
        Reporter reporter = new Reporter();
        LauncherFactory.create().execute(request, reporter);
        System.out.println(
                "real programs: " + reporter.run + " run, " + reporter.failed + " failed");
        // Threads of a failed test must not keep this from its end.
        System.exit(reporter.run > 0 && reporter.failed == 0 ? 0 : 1);
    }
}
