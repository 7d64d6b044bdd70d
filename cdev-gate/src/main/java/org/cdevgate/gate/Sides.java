package org.cdevgate.gate;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.cdevgate.gate.front.Caller;
import org.cdevgate.gate.front.PollWatcher;
import org.cdevgate.gate.front.RequestSleeper;
import org.cdevgate.gate.sides.CallerSide;
import org.cdevgate.gate.sides.RequestSide;
import org.cdevgate.gate.sides.WatcherSide;
import org.jspecify.annotations.Nullable;

/**
 * The gate's way from what a front has extended to its side in it. The fields are no methods, for a
 * method that this package could call anybody could; constant handles of final fields cost what the
 * fields do.
 */
final class Sides {
    private static final VarHandle CALLER = side(Caller.class, CallerSide.class);
    private static final VarHandle REQUEST = side(RequestSleeper.class, RequestSide.class);
    private static final VarHandle WATCHER = side(PollWatcher.class, WatcherSide.class);

    private Sides() {}

    private static VarHandle side(Class<?> of, Class<?> type) {
        try {
            return MethodHandles.privateLookupIn(of, MethodHandles.lookup())
                    .findVarHandle(of, "side", type);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    static CallerSide of(Caller caller) {
        return made((CallerSide) CALLER.get(Objects.requireNonNull(caller, "caller")), caller);
    }

    static RequestSide of(RequestSleeper sleeper) {
        return made((RequestSide) REQUEST.get(Objects.requireNonNull(sleeper, "sleeper")), sleeper);
    }

    static WatcherSide of(PollWatcher watcher) {
        return made((WatcherSide) WATCHER.get(Objects.requireNonNull(watcher, "watcher")), watcher);
    }

    private static <T> T made(@Nullable T side, Object of) {
        if (side == null) {
            throw new IllegalArgumentException(
                    of.getClass().getName()
                            + " was made without its constructor, as mocks are; extend the class");
        }
        return side;
    }
}
