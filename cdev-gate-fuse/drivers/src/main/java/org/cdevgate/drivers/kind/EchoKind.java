package org.cdevgate.drivers.kind;

import java.util.List;
import org.cdevgate.drivers.ByteQueue;
import org.cdevgate.drivers.spec.InvalidSpecException;
import org.cdevgate.drivers.spec.Settings;

/** Kind {@code echo}. */
public final class EchoKind implements DeviceKind {
    @Override
    public String name() {
        return "echo";
    }

    @Override
    public String help() {
        return "gives back what was written, as a pipe does; a read of nothing sleeps";
    }

    @Override
    public List<KindOption> options() {
        return List.of(
                new KindOption(
                        "capacity", "64K", "bytes that it holds; a write to the full one sleeps"));
    }

    @Override
    public KindDevice make(Settings settings) {
        long capacity = settings.bytes("capacity");
        if (capacity < 1 || capacity > 1 << 30) {
            throw new InvalidSpecException("kind echo: capacity=" + capacity + "; give 1 to 1G");
        }
        return KindDevice.of(new ByteQueue((int) capacity));
    }
}
