package org.cdevgate.cli.program;

import java.io.IOException;
import java.lang.ref.Reference;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.cdevgate.fuse.libc.Libc;
import org.cdevgate.fuse.libc.NativeBuffer;

/**
 * Hears of signals that would end this process, which has an account to give. What a terminal sends
 * reaches the program by itself, as a member of the same process group; what others send to this
 * process has to be passed on. Signals that were ignored when this process was started stay so, for
 * the program too.
 *
 * <p>SIGQUIT is ignored: a JVM prints its threads then, and nothing in Java can change that.
 * SIGTSTP stops this process and with it the devices, as it stops the program.
 *
 * <p>Through reflection, because the compiler warns of each use of {@code sun.misc.Signal} and
 * there is no other way to hear of a signal.
 */
public final class Signals {
    private static final String[] HEARD = {"INT", "TERM", "HUP", "USR1", "USR2"};

    // signal.h
    private static final int SIGQUIT = 3;
    private static final long SIG_IGN = 1;

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
            for (String each : HEARD) {
                handle.invoke(null, signal.getConstructor(String.class).newInstance(each), passing);
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JVM gives no signals to its programs", e);
        }
        ignoreQuit();
    }

    private static void ignoreQuit() {
        NativeBuffer action = NativeBuffer.allocate(Libc.SIGACTION_BYTES);
        try {
            action.bytes().putLong(0, SIG_IGN); // sa_handler comes first
            Libc.CALLS.sigaction(SIGQUIT, action.address(), 0);
        } finally {
            Reference.reachabilityFence(action);
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
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return fields[2].equals(fields[5]);
        } catch (IOException e) {
            return false;
        }
    }
}
