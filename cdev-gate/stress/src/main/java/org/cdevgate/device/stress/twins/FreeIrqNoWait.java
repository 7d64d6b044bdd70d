package org.cdevgate.device.stress.twins;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * <b>Broken</b>: a handler is taken off its line, so that no interrupt finds it any more, and
 * nobody waits for one that has: free_irq() without its synchronize_irq().
 */
final class FreeIrqNoWait implements FunctionCaller {
    private final List<Runnable> handlers = new CopyOnWriteArrayList<>();

    FreeIrqNoWait(Runnable function) {
        handlers.add(function);
    }

    @Override
    public void fire() {
        handlers.forEach(Runnable::run);
    }

    @Override
    public void stop() {
        handlers.clear();
    }
}
