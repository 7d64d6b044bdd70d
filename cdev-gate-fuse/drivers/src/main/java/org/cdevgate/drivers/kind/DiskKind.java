package org.cdevgate.drivers.kind;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.cdevgate.drivers.MemoryDisk;
import org.cdevgate.drivers.spec.InvalidSpecException;
import org.cdevgate.drivers.spec.Settings;

/** Kind {@code disk}. */
public final class DiskKind implements DeviceKind {
    @Override
    public String name() {
        return "disk";
    }

    @Override
    public String help() {
        return "has content of a fixed size, with positions, short transfers at its end and fsync";
    }

    @Override
    public List<KindOption> options() {
        return List.of(
                new KindOption("size", "", "bytes; if not given that of the image, or 1M"),
                new KindOption(
                        "image",
                        "",
                        "a file that is its content at the start; it is not written to"));
    }

    @Override
    public KindDevice make(Settings settings) throws IOException {
        boolean hasImage = settings.has("image");
        byte[] content = hasImage ? Files.readAllBytes(settings.path("image")) : new byte[0];
        long size =
                settings.orElse("size", hasImage ? Integer.toString(content.length) : "1M")
                        .bytes("size");
        if (size < 1 || size > 1 << 30 || size < content.length) {
            throw new InvalidSpecException(
                    "kind disk: size=" + size + "; give 1 to 1G, and no less than the image has");
        }
        MemoryDisk disk = new MemoryDisk((int) size);
        disk.load(content);
        return KindDevice.of(disk).seekable(() -> size);
    }
}
