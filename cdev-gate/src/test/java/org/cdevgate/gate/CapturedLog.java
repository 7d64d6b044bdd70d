package org.cdevgate.gate;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.function.ThrowingSupplier;

/** The lines logged meanwhile: slf4j-simple writes to whatever System.err is at the moment. */
final class CapturedLog {
    private CapturedLog() {}

    interface Step {
        void run() throws Exception;
    }

    static List<String> during(Step step) throws Exception {
        return during(
                () -> {
                    step.run();
                    return null;
                });
    }

    /** The log up to when a text has been logged so often, while something goes on. */
    static String untilText(String text, int times, Step begin) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream real = System.err;
        System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            begin.run();
            Eventually.until(
                    "\"" + text + "\" to be logged",
                    () -> bytes.toString(StandardCharsets.UTF_8).split(text, -1).length > times);
            return bytes.toString(StandardCharsets.UTF_8);
        } finally {
            System.setErr(real);
        }
    }

    private static List<String> during(ThrowingSupplier<?> step) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream real = System.err;
        System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            step.get();
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        } finally {
            System.setErr(real);
        }
        return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }

    /** The lines that begin a message; the others are stack traces. */
    static long messages(List<String> log) {
        return log.stream().filter(line -> line.contains(" ERROR ")).count();
    }
}
