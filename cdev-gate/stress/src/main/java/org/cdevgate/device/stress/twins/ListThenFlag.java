package org.cdevgate.device.stress.twins;

import java.util.ArrayList;
import java.util.List;

/**
 * <b>Broken</b>: the removal looks up the children, unplugs them, and then says that the device is
 * gone. Each of its steps is under the lock; what comes between them is on no list.
 */
final class ListThenFlag implements Hub {
    private final Runnable leafGoes;

    // Guarded by this.
    private final List<Object> leaves = new ArrayList<>(List.of("leaf"));
    private boolean gone;

    ListThenFlag(Runnable leafGoes) {
        this.leafGoes = leafGoes;
    }

    @Override
    public synchronized void plugAnother() {
        if (!gone) {
            leaves.add("another leaf");
        }
    }

    @Override
    public void unplug() {
        List<Object> found;
        synchronized (this) {
            found = new ArrayList<>(leaves);
        }
        for (Object leaf : found) {
            leafGoes.run();
            synchronized (this) {
                leaves.remove(leaf);
            }
        }
        synchronized (this) {
            gone = true;
        }
    }

    @Override
    public synchronized boolean hasOrphan() {
        return gone && !leaves.isEmpty();
    }
}
