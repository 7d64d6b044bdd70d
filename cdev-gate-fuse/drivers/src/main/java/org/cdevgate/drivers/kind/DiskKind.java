package org.cdevgate.drivers.kind;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
                new KindOption("size", "1M", "bytes; the size of the image, if there is one"),
                new KindOption(
                        "image",
                        "",
                        "a file that is its content at the start; it is not written to"));
    }

    @Override
    public KindDevice make(Settings settings) throws IOException {
        Path image = settings.path("image");
        byte[] content = image == null ? new byte[0] : Files.readAllBytes(image);
        long size = settings.bytes("size", image == null ? 1 << 20 : content.length);
        if (size < 1 || size > 1 << 30 || size < content.length) {
            throw new InvalidSpecException(
                    "kind disk: size=" + size + "; give 1 to 1G, and no less than the image has");
        }
        MemoryDisk disk = new MemoryDisk((int) size);
        disk.load(content);
        return KindDevice.of(disk).seekable(() -> size);
    }
}
