package org.cdevgate.drivers.kind;

import java.io.IOException;
import java.util.List;
import org.cdevgate.drivers.ScriptedDevice;
import org.cdevgate.drivers.spec.Settings;

/** Kind {@code script}. */
public final class ScriptKind implements DeviceKind {
    @Override
    public String name() {
        return "script";
    }

    @Override
    public String help() {
        return "plays a dialogue from a text file: expect bytes, answer bytes, wait";
    }

    @Override
    public List<KindOption> options() {
        return List.of(
                new KindOption(
                        "script",
                        "",
                        "the file; one step a line: expect AT\\r"
                                + ", answer OK\\r"
                                + ", wait 20ms, end"));
    }

    @Override
    public KindDevice make(Settings settings) throws IOException {
        return KindDevice.of(ScriptedDevice.read(settings.path("script")));
    }
}
