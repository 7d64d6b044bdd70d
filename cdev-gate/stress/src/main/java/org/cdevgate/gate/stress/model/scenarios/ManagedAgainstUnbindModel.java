package org.cdevgate.gate.stress.model.scenarios;

import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.devres.Devres;

/** A managed resource is released early and another registered, while all are released. */
public final class ManagedAgainstUnbindModel extends Model {
    private final Devres devres = new Devres("device");
    private final AtomicInteger first = new AtomicInteger();
    private final AtomicInteger second = new AtomicInteger();

    public ManagedAgainstUnbindModel() {
        super(2);
        devres.add("first", first, AtomicInteger::incrementAndGet);
    }

    @Override
    public void first() {
        devres.release(first);
        try {
            devres.add("second", second, AtomicInteger::incrementAndGet);
        } catch (IllegalStateException e) {
            require(second.get() == 1, "a registration was refused, and the resource is a leak");
        }
    }

    @Override
    public void second() {
        devres.releaseAll();
    }

    @Override
    public void afterwards() {
        super.afterwards();
        require(first.get() == 1, "a resource was released " + first + " times, not once");
        require(second.get() == 1, "a late resource was released " + second + " times, not once");
    }
}
