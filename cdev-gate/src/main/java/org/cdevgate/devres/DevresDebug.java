package org.cdevgate.devres;

import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The debug mode of managed resources: it remembers where each was registered, and reports four
 * misuses ({@link DevresMisuse.Kind}) with both stacks. Off by default, because it keeps a stack
 * trace for each resource; a device bound while it is off is not watched.
 *
 * <pre>{@code
 * List<DevresMisuse> misuses = new CopyOnWriteArrayList<>();
 * DevresDebug.enable(misuses::add); // before the device is bound
 * assertEquals(List.of(), misuses); // at the end of the test
 * }</pre>
 *
 * <p>All methods may be called by any thread.
 */
public final class DevresDebug {
    private static final Logger LOG = LoggerFactory.getLogger(Devres.class);
    private static final DevresDebug OFF = new DevresDebug(null);

    private static volatile DevresDebug current = OFF;

    private final @Nullable Consumer<? super DevresMisuse> listener; // null if it is off

    private DevresDebug(@Nullable Consumer<? super DevresMisuse> listener) {
        this.listener = listener;
    }

    /** Switches it on for devices bound from now on; misuses are logged as warnings. */
    public static void enable() {
        enable(misuse -> LOG.warn("{}", misuse));
    }

    /**
     * Switches it on for devices bound from now on.
     *
     * @param listener gets each misuse, on the thread that commits it
     */
    public static void enable(Consumer<? super DevresMisuse> listener) {
        current = new DevresDebug(Objects.requireNonNull(listener, "listener"));
    }

    /** Switches it off for devices bound from now on. */
    public static void disable() {
        current = OFF;
    }

    static DevresDebug current() {
        return current;
    }

    boolean isOn() {
        return listener != null;
    }

    /** Where this is; null if the mode is off. */
    @Nullable Throwable stack(String what) {
        return listener == null ? null : new Throwable(what);
    }

    void report(
            DevresMisuse.Kind kind,
            String device,
            String resource,
            @Nullable Throwable first,
            @Nullable Throwable second) {
        if (listener == null) {
            return;
        }
        try {
            listener.accept(new DevresMisuse(kind, device, resource, first, second));
        } catch (RuntimeException e) {
            LOG.error("the listener of misuses failed", e);
        }
    }
}
