package org.cdevgate.async;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What is logged: slf4j-simple writes to whatever System.err is at the moment. */
final class Log {
    private Log() {}

    /** Until all of the texts have been logged, while something goes on. */
    static void untilLogged(Runnable begin, String... texts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream real = System.err;
        System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            begin.run();
            Bound.until(
                    () -> {
                        String log = bytes.toString(StandardCharsets.UTF_8);
                        return List.of(texts).stream().allMatch(log::contains);
                    });
        } finally {
            System.setErr(real);
        }
    }
}
