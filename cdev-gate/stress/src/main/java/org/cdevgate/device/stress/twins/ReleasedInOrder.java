package org.cdevgate.device.stress.twins;

import java.util.ArrayList;
import java.util.List;

/**
 * <b>Broken</b>: managed resources are released in the order in which they were registered, what
 * others rest on first.
 */
final class ReleasedInOrder implements ManagedResources {
    private final List<Runnable> releases = new ArrayList<>();

    @Override
    public void add(String name, Runnable release) {
        releases.add(release);
    }

    @Override
    public void releaseAll() {
        releases.forEach(Runnable::run);
    }
}
