package org.cdevgate.drivers.kind;

import org.cdevgate.drivers.BitBucket;
import org.cdevgate.drivers.spec.Settings;

/** Kind {@code null}. */
public final class NullKind implements DeviceKind {
    @Override
    public String name() {
        return "null";
    }

    @Override
    public String help() {
        return "takes all that is written; reads are the end of a file";
    }

    @Override
    public KindDevice make(Settings settings) {
        return KindDevice.of(new BitBucket(false));
    }
}
