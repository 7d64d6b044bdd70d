package org.cdevgate.drivers.proxy;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.OptionalLong;
import org.cdevgate.drivers.spec.InvalidSpecException;
import org.cdevgate.gate.removal.RemovalProfile;
import org.jspecify.annotations.Nullable;

/**
 * What can be told of a real node without opening it: the open of a watchdog starts it, that of a
 * serial line moves its signals.
 *
 * @param size bytes, of a disk or flash memory; empty for a node without positions
 * @param family whose removal it would be
 */
public record NodeFacts(OptionalLong size, RemovalProfile family) {
    // sys/stat.h
    private static final int S_IFMT = 0xF000;
    private static final int S_IFCHR = 0x2000;
    private static final int S_IFBLK = 0x6000;
    private static final int S_IFIFO = 0x1000;

    // Documentation/admin-guide/devices.txt
    private static final int MTD_CHARS = 90;
    private static final int FIRST_PTY = 136;
    private static final int LAST_PTY = 143;

    private static final int SECTOR_BYTES = 512; // of /sys/dev/block/*/size, for every disk

    /**
     * Looks at a node.
     *
     * @throws InvalidSpecException if it is none that can be stood in for, or not this user's to
     *     open; in one line with the remedy
     */
    public static NodeFacts of(Path path) {
        try {
            int type = (int) Files.getAttribute(path, "unix:mode") & S_IFMT;
            if (type != S_IFCHR && type != S_IFBLK) {
                throw new InvalidSpecException("kind proxy: path=" + path + refusal(type));
            }
            if (!Files.isReadable(path) && !Files.isWritable(path)) {
                throw new InvalidSpecException(
                        "kind proxy: path=" + path + " may not be opened; " + remedy(path));
            }
            return of(type == S_IFBLK, (long) Files.getAttribute(path, "unix:rdev"));
        } catch (NoSuchFileException e) {
            throw new InvalidSpecException(
                    "kind proxy: path="
                            + path
                            + " does not exist; give the path of a device node, such as"
                            + " /dev/ttyUSB0");
        } catch (AccessDeniedException e) {
            throw new InvalidSpecException(
                    "kind proxy: path=" + path + " cannot be looked at; run this as root");
        } catch (IOException e) {
            throw new InvalidSpecException(
                    "kind proxy: path="
                            + path
                            + " cannot be looked at: "
                            + e.getMessage()
                            + "; give the path of a device node");
        }
    }

    private static String refusal(int type) {
        return type == S_IFIFO
                ? " is a FIFO, whose opens wait for each other; give a device node, or use the kind"
                        + " echo"
                : " is no device node; give one, or use disk,image=FILE or stream,file=FILE";
    }

    /** Who may open it. */
    static String remedy(Path path) throws IOException {
        GroupPrincipal group = Files.readAttributes(path, PosixFileAttributes.class).group();
        return group.getName().equals("root")
                ? "run this as root"
                : "run this as root, or join its group: usermod -aG " + group.getName() + " USER";
    }

    private static NodeFacts of(boolean block, long number) {
        // gnu_dev_major(3), gnu_dev_minor(3)
        long major = (number >>> 8 & 0xfff) | (number >>> 32 & ~0xfffL);
        long minor = (number & 0xff) | (number >>> 12 & ~0xffL);
        Path told = Path.of("/sys/dev", block ? "block" : "char", major + ":" + minor);
        OptionalLong size = OptionalLong.empty();
        if (block || major == MTD_CHARS) {
            size = size(told.resolve("size"), block ? SECTOR_BYTES : 1);
        }
        boolean pty = !block && major >= FIRST_PTY && major <= LAST_PTY; // sysfs has none
        return new NodeFacts(size, pty ? RemovalProfile.TTY : family(subsystem(told)));
    }

    private static OptionalLong size(Path file, int unit) {
        try {
            return OptionalLong.of(Long.parseLong(Files.readString(file).strip()) * unit);
        } catch (IOException | NumberFormatException e) {
            return OptionalLong.empty(); // no sysfs: then it is a stream
        }
    }

    private static @Nullable String subsystem(Path told) {
        try {
            return told.resolve("subsystem").toRealPath().getFileName().toString();
        } catch (IOException e) {
            return null; // no sysfs, or a node that no driver has
        }
    }

    private static RemovalProfile family(@Nullable String subsystem) {
        return subsystem == null
                ? RemovalProfile.EVDEV
                : switch (subsystem) {
                    case "tty" -> RemovalProfile.TTY;
                    case "hidraw" -> RemovalProfile.HIDRAW;
                    case "video4linux" -> RemovalProfile.V4L2;
                    case "sound" -> RemovalProfile.ALSA;
                    case "gpio" -> RemovalProfile.GPIO;
                    default -> RemovalProfile.EVDEV;
                };
    }
}
