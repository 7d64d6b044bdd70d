package org.cdevgate.drivers.kind;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
                new KindOption("image", "", "a file that is its content at the start"),
                new KindOption(
                        "writes",
                        "forgotten",
                        "forgotten, or saved: then they go to the image, which grows to the"
                                + " size"));
    }

    @Override
    public KindDevice make(Settings settings) throws IOException {
        Path image = settings.has("image") ? settings.path("image") : null;
        long content = image == null ? 0 : imageBytes(image);
        long size =
                settings.orElse("size", image == null ? "1M" : Long.toString(content))
                        .bytes("size");
        if (size < 1 || size > 1 << 30 || size < content) {
            throw new InvalidSpecException(
                    "kind disk: size=" + size + "; give 1 to 1G, and no less than the image has");
        }
        MemoryDisk disk;
        if (settings.word("writes", List.of("forgotten", "saved")).equals("saved")) {
            if (image == null) {
                throw new InvalidSpecException(
                        "kind disk: writes=saved, but there is no image; give image=PATH");
            }
            disk = new MemoryDisk(map(image, size));
        } else {
            disk = new MemoryDisk((int) size);
            if (image != null) {
                disk.load(Files.readAllBytes(image));
            }
        }
        return KindDevice.of(disk).seekable(() -> size);
    }

    private static long imageBytes(Path image) throws IOException {
        if (Files.exists(image) && !Files.isRegularFile(image)) {
            throw new InvalidSpecException(
                    "kind disk: image=" + image + " is no regular file; give one");
        }
        return Files.size(image);
    }

    private static MappedByteBuffer map(Path image, long size) throws IOException {
        try (FileChannel file =
                FileChannel.open(image, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return file.map(FileChannel.MapMode.READ_WRITE, 0, size);
        }
    }
}
