package org.cdevgate.gate.stress.anomaly;

import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.devres.Devres;
import org.cdevgate.devres.DevresGroup;

/** What a driver has registered to be released, each once, and how often that was done. */
final class Managed {
    final Object registers = new Object();
    final AtomicInteger released = new AtomicInteger();
    final Devres devres;
    private int registered;

    Managed(Devres devres) {
        this.devres = devres;
        addResource("registers", registers);
    }

    void addResource(String name, Object resource) {
        devres.add(name, resource, gone -> released.incrementAndGet());
        registered++;
    }

    void addAction(String name) {
        devres.addAction(name, released::incrementAndGet);
        registered++;
    }

    DevresGroup addGroupOf(int actions) {
        DevresGroup group = devres.openGroup("group");
        for (int i = 0; i < actions; i++) {
            addAction("of the group");
        }
        group.close();
        return group;
    }

    /** What an Error has kept from being registered was released at most once. */
    String wrong() {
        if (released.get() < registered || released.get() > registered + 1) {
            return registered + " resources, and " + released + " releases";
        }
        return devres.size() == 0 ? null : "left are " + devres.names();
    }
}
