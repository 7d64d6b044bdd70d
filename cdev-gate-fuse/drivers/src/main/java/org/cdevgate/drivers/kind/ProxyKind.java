package org.cdevgate.drivers.kind;

import java.nio.file.Path;
import java.util.List;
import org.cdevgate.drivers.proxy.NodeFacts;
import org.cdevgate.drivers.proxy.ProxyDriver;
import org.cdevgate.drivers.spec.Settings;

/** Kind {@code proxy}. */
public final class ProxyKind implements DeviceKind {
    @Override
    public String name() {
        return "proxy";
    }

    @Override
    public String help() {
        return "stands in for a real node, which is used but never unplugged itself; its removal"
                + " looks as that of its family";
    }

    @Override
    public List<KindOption> options() {
        return List.of(
                new KindOption("path", "", "the real node; proxy=/dev/ttyUSB0 says it too"),
                new KindOption(
                        "memory",
                        "yes",
                        "yes: serves TCGETS and other commands that need the memory of callers, or"
                                + " no"));
    }

    @Override
    public String mainOption() {
        return "path";
    }

    @Override
    public KindDevice make(Settings settings) {
        Path path = settings.path("path");
        boolean memory = settings.word("memory", List.of("yes", "no")).equals("yes");
        NodeFacts facts = NodeFacts.of(path);
        ProxyDriver driver =
                new ProxyDriver(path.toAbsolutePath(), facts.size().isPresent(), memory);
        KindDevice device = KindDevice.of(driver).removalProfile(facts.family());
        if (facts.size().isPresent()) {
            device = device.seekable(() -> facts.size().getAsLong());
        }
        return memory ? device.callerMemory() : device;
    }
}
