package org.cdevgate.device;

import java.util.List;

/** Notes what happens to it, and fits every device whose name begins with its own. */
class NotingDriver implements Driver {
    private final String name;
    private final List<String> events;
    private final Step probe;
    private final Step remove;

    /** What a driver does. */
    @FunctionalInterface
    interface Step {
        void run(BoundDevice bound) throws Exception;
    }

    NotingDriver(String name, List<String> events) {
        this(name, events, bound -> {}, bound -> {});
    }

    NotingDriver(String name, List<String> events, Step probe, Step remove) {
        this.name = name;
        this.events = events;
        this.probe = probe;
        this.remove = remove;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean matches(Device device) {
        return device.name().startsWith(name);
    }

    @Override
    public void probe(BoundDevice bound) throws Exception {
        probe.run(bound);
        events.add("probe " + bound.device().name());
    }

    @Override
    public void remove(BoundDevice bound) throws Exception {
        remove.run(bound);
        events.add("remove " + bound.device().name());
    }
}
