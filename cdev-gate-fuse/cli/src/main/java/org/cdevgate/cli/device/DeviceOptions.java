package org.cdevgate.cli.device;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.cdevgate.cli.exit.CommandFailure;
import picocli.CommandLine.Option;

/** The options that say which devices there are; a mixin of each command that has some. */
public final class DeviceOptions {
    @Option(
            names = "--device",
            required = true,
            paramLabel = "NAME=KIND[,k=v…]",
            description =
                    "A device below /dev; may be given several times. Example:"
                            + " --device block/d0=disk,size=64K")
    private List<String> devices = List.of();

    @Option(
            names = "--fault",
            paramLabel = "[NAME:]FAULT",
            description =
                    "What else goes wrong: short=1, errno=EIO, delay=50ms or stall, with on=read#3."
                            + " Example: --fault short=1,on=read")
    private List<String> faults = List.of();

    @Option(
            names = "--jar",
            paramLabel = "FILE",
            description =
                    "A jar with kinds of your own; may be given several times. Example: --jar"
                            + " my-driver.jar --device d0=my-kind,rate=10")
    private List<Path> jars = List.of();

    private List<String> words() {
        List<String> words = new ArrayList<>();
        jars.forEach(each -> words.addAll(List.of("--jar", each.toString())));
        devices.forEach(each -> words.addAll(List.of("--device", each)));
        faults.forEach(each -> words.addAll(List.of("--fault", each)));
        return words;
    }

    /** Reads them; what cannot be meant is refused. */
    public DeviceRequests read() throws CommandFailure {
        return new DeviceRequests(Kinds.load(jars), devices, faults, words());
    }
}
