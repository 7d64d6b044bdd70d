package org.cdevgate.gate.stress.anomaly;

import java.util.concurrent.Callable;

/**
 * What the changed code asks at each point at which it may fail, see {@link AnomalyTransformer}.
 * Only one thread at a time has an anomaly, the one that armed it.
 */
public final class Anomaly {
    /** What goes wrong. */
    enum Kind {
        OUT_OF_MEMORY,
        STACK_OVERFLOW
    }

    private static volatile Thread armed;
    private static Kind kind;
    private static int left;
    private static boolean trustsRoom;
    private static String place;

    /** What the last new thread threw, for whoever debugs a scenario. */
    @SuppressWarnings("unused")
    private static volatile String thrownThere;

    private Anomaly() {}

    /**
     * From now on the n-th point of this thread fails, once.
     *
     * @param hasRoom whether no call fails after the thread has made sure of room on its stack
     */
    static void arm(Kind what, int n, boolean hasRoom) {
        kind = what;
        left = n;
        trustsRoom = hasRoom;
        place = null;
        armed = Thread.currentThread();
    }

    /** Nothing fails any more; returns where something did, or null. */
    static String disarm() {
        armed = null;
        return place;
    }

    /** Runs something on a new thread, which takes the anomaly of this one over. */
    static void onNewThread(Callable<?> work) throws InterruptedException {
        armed = null;
        Thread thread =
                new Thread(
                        () -> {
                            armed = Thread.currentThread();
                            try {
                                work.call();
                            } catch (Exception | VirtualMachineError e) {
                                thrownThere = String.valueOf(e);
                            } finally {
                                armed = null;
                            }
                        });
        thread.start();
        thread.join();
    }

    /** A method begins. */
    public static void entry() {
        Thread thread = armed;
        if (thread != null
                && thread == Thread.currentThread()
                && kind == Kind.STACK_OVERFLOW
                && --left == 0) {
            fail(new StackOverflowError("anomaly"));
        }
    }

    /** There is room on the stack for what the calling method does next. */
    public static void room() {
        Thread thread = armed;
        if (thread != null
                && thread == Thread.currentThread()
                && kind == Kind.STACK_OVERFLOW
                && trustsRoom) {
            armed = null;
        }
    }

    /** Memory is about to be taken. */
    public static void allocation() {
        Thread thread = armed;
        if (thread != null
                && thread == Thread.currentThread()
                && kind == Kind.OUT_OF_MEMORY
                && --left == 0) {
            fail(new OutOfMemoryError("anomaly"));
        }
    }

    private static void fail(VirtualMachineError error) {
        armed = null;
        StackTraceElement[] stack = error.getStackTrace();
        StringBuilder where = new StringBuilder();
        for (int i = 1; i < Math.min(stack.length, 6); i++) {
            String type = stack[i].getClassName();
            where.append(i == 1 ? "" : " < ")
                    .append(type, type.lastIndexOf('.') + 1, type.length())
                    .append('.')
                    .append(stack[i].getMethodName())
                    .append(':')
                    .append(stack[i].getLineNumber());
        }
        place = where.toString();
        throw error;
    }
}
