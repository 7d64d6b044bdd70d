package org.cdevgate.drivers.kind;

import org.cdevgate.drivers.BitBucket;
import org.cdevgate.drivers.spec.Settings;

/** Kind {@code zero}. */
public final class ZeroKind implements DeviceKind {
    @Override
    public String name() {
        return "zero";
    }

    @Override
    public String help() {
        return "takes all that is written; reads are full of zeros";
    }

    @Override
    public KindDevice make(Settings settings) {
        return KindDevice.of(new BitBucket(true));
    }
}
