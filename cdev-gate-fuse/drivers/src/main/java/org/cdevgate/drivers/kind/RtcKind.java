package org.cdevgate.drivers.kind;

import java.time.Instant;
import java.util.List;
import org.cdevgate.drivers.RealTimeClock;
import org.cdevgate.drivers.spec.Settings;

/** Kind {@code rtc}. */
public final class RtcKind implements DeviceKind {
    @Override
    public String name() {
        return "rtc";
    }

    @Override
    public String help() {
        return "is a real-time clock, set to the time of the system";
    }

    @Override
    public List<KindOption> options() {
        return List.of(new KindOption("every", "1s", "time between two of its seconds"));
    }

    @Override
    public KindDevice make(Settings settings) {
        RealTimeClock clock = new RealTimeClock(Instant.now());
        return KindDevice.of(clock).every(settings.period("every"), clock::tick);
    }
}
