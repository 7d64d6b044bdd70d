package org.cdevgate.async;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.cdevgate.device.BoundCaller;
import org.cdevgate.device.BoundDevice;
import org.cdevgate.internal.Reports;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An interrupt line, which several devices may share: request_irq() and free_irq() of
 * linux/interrupt.h. Handlers run on the thread that raises the interrupt, one after the other.
 *
 * <pre>{@code
 * IrqLine line = new IrqLine("uart0");                             // the platform's code
 * line.request(bound, proof -> registers.access(proof).handle());  // in probe
 * line.raise();                                                    // at an interrupt
 * }</pre>
 *
 * <p>All methods may be called by any thread. An interrupt that is raised on several threads at
 * once runs a handler on each of them.
 */
public final class IrqLine {
    private static final Logger LOG = LoggerFactory.getLogger(IrqLine.class);

    private final String name;
    private final List<IrqAction> actions = new CopyOnWriteArrayList<>();
    private final AtomicLong raised = new AtomicLong();
    private final AtomicLong unhandled = new AtomicLong();

    /** What a driver does at an interrupt. */
    @FunctionalInterface
    public interface Handler {
        /**
         * Looks whether the interrupt is the device's, and handles it. Must not block. What it
         * throws is logged, and the interrupt counts as not handled.
         *
         * @param bound valid until the handler returns
         * @return whether it was the device's (IRQ_HANDLED)
         */
        boolean handle(BoundDevice bound) throws Exception;
    }

    /**
     * A line without handlers.
     *
     * @param name for reports
     */
    public IrqLine(String name) {
        this.name = Objects.requireNonNull(name, "name");
    }

    /**
     * Has a handler called at each interrupt, from now until it is freed: by {@link
     * IrqAction#free()} or when the device is unbound.
     *
     * @param bound of the device whose handler it is
     * @throws IllegalStateException if no driver is bound any more
     */
    public IrqAction request(BoundDevice bound, Handler handler) {
        Objects.requireNonNull(bound, "bound");
        Objects.requireNonNull(handler, "handler");
        IrqAction action = new IrqAction(this, bound, handler);
        boolean added = false;
        try {
            actions.add(action);
            added = true;
        } finally {
            if (!added) {
                action.caller.shut();
            }
        }
        if (action.isFreed()) {
            forget(action); // the device was unbound meanwhile
        }
        return action;
    }

    /**
     * Raises the interrupt and runs the handlers. One whose handler is being freed is not called.
     *
     * @return whether a handler said that it was its device's
     */
    public boolean raise() {
        raised.incrementAndGet();
        boolean handled = false;
        for (IrqAction action : actions) {
            try {
                handled |= action.run();
            } catch (Throwable e) {
                Reports.error(LOG, "the handler of {} failed", action, e);
            }
        }
        if (!handled) {
            unhandled.incrementAndGet();
        }
        return handled;
    }

    void forget(IrqAction action) {
        actions.remove(action);
    }

    /** How often it was raised. */
    public long raised() {
        return raised.get();
    }

    /** How often it was raised and no handler took it. */
    public long unhandled() {
        return unhandled.get();
    }

    @Override
    public String toString() {
        return name;
    }

    /** A handler on a line. */
    public static final class IrqAction {
        private final IrqLine line;
        private final BoundCaller caller;
        private final Handler handler;

        private IrqAction(IrqLine line, BoundDevice bound, Handler handler) {
            this.line = line;
            this.handler = handler;
            // Off the line with the device, for the line may outlive it and the driver.
            this.caller = bound.addCaller(line.name, () -> line.forget(this));
        }

        private boolean run() throws Exception {
            boolean[] handled = {false}; // stays so for a late interrupt
            caller.<Exception>tryRun(bound -> handled[0] = handler.handle(bound));
            return handled[0];
        }

        /**
         * Takes the handler off the line. When it returns the handler runs on no thread, and none
         * will begin.
         *
         * @return true for the one caller that did it
         * @throws org.cdevgate.gate.removal.SelfRemovalException on a thread that is in the handler
         */
        public boolean free() {
            boolean did = caller.shut();
            line.forget(this);
            return did;
        }

        boolean isFreed() {
            return caller.isShut();
        }

        @Override
        public String toString() {
            return caller.toString();
        }
    }
}
