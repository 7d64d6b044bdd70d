package org.cdevgate.cli.program;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Passes signals on to the program instead of ending this process, which has an account to give.
 * What a terminal sends reaches the program by itself, as a member of the same process group.
 *
 * <p>Through reflection, because the compiler warns of each use of {@code sun.misc.Signal} and
 * there is no other way to hear of a signal.
 */
public final class Signals {
    private static final String[] PASSED = {"INT", "TERM", "HUP", "USR2"};

    private Signals() {}

    /** Has signals given to a receiver, by name, from now on. */
    public static void receive(Consumer<String> receiver) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Method handle = signal.getMethod("handle", signal, handler);
            Method name = signal.getMethod("getName");
            Object passing =
                    Proxy.newProxyInstance(
                            Signals.class.getClassLoader(),
                            new Class<?>[] {handler},
                            (proxy, method, arguments) -> {
                                if (method.getName().equals("handle")) {
                                    receiver.accept((String) name.invoke(arguments[0]));
                                }
                                return null;
                            });
            for (String each : PASSED) {
                handle.invoke(null, signal.getConstructor(String.class).newInstance(each), passing);
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JVM gives no signals to its programs", e);
        }
    }

    /** Whether a signal of this name has reached the program by itself. */
    public static boolean isFromTerminal(String signal) {
        return signal.equals("INT") && isInForeground();
    }

    /** By /proc/self/stat: the process group, and the one in the foreground of its terminal. */
    private static boolean isInForeground() {
        try {
            String stat = Files.readString(Path.of("/proc/self/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return fields[2].equals(fields[5]);
        } catch (IOException e) {
            return false;
        }
    }
}
