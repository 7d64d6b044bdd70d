package org.cdevgate.cli.program;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.cdevgate.cli.device.DeviceNames;
import org.cdevgate.cli.exit.CommandFailure;
import org.cdevgate.cli.exit.ExitCodes;

/**
 * A /dev for one program, in a mount namespace of its own: its devices at their real paths, and the
 * rest of the machine's /dev.
 *
 * <p>The folder is an ordinary one outside the namespace. A device is a link in it to its node in
 * the mount, and comes and goes with the gate. What every program needs is mounted from the
 * machine's /dev; the rest are links to that, at a second place.
 *
 * <p>Where this process may mount, the namespace is one of mounts. Otherwise it is one of users
 * too, in which the user is who it was before, and the program runs without any capability.
 */
public final class RealPaths implements DeviceNames {
    /** What programs look at without following links. */
    private static final Set<String> MOUNTED =
            Set.of(
                    "null", "zero", "full", "random", "urandom", "tty", "console", "ptmx", "pts",
                    "shm", "mqueue");

    private static final Path DEV = Path.of("/dev");

    /**
     * $1 the mounts as fstab(5), one process for all of them; $2 a file that says that they are
     * there; then the program. What goes wrong before is on descriptor 2, which is a file, and the
     * program's own is 3.
     */
    private static final String ENTER =
            """
            fstab=$1 ready=$2
            shift 2
            mount -a -T "$fstab" && : >"$ready" || exit
            exec "$@" 2>&3 3>&-
            """;

    /** $1 the file for complaints, then the command. */
    private static final String WITH_COMPLAINTS = "c=$1; shift; exec 3>&2 2>\"$c\"; exec \"$@\"";

    /** Those of the namespace of users; they were for the mounts alone. */
    private static final List<String> WITHOUT_CAPABILITIES =
            List.of("--bounding-set=-all", "--ambient-caps=-all", "--inh-caps=-all");

    private final Path dev;
    private final Path host;
    private final Path mount;
    private final Path fstab;
    private final Path ready;
    private final Path complaints;
    private final List<String> mounted = new ArrayList<>();

    /**
     * Makes the folder.
     *
     * @param folder a private one, to put it into
     * @param mount where the devices are
     * @param devices the names of all devices that there will be
     * @throws IOException if it cannot be made; the message names what is in the way
     */
    public RealPaths(Path folder, Path mount, Collection<String> devices) throws IOException {
        this.mount = mount;
        dev = Files.createDirectory(folder.resolve("dev"));
        host = Files.createDirectory(folder.resolve("host"));
        fstab = folder.resolve("fstab");
        ready = folder.resolve("ready");
        complaints = folder.resolve("complaints");
        fill(Path.of(""), devices);
    }

    private void fill(Path below, Collection<String> devices) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(DEV.resolve(below))) {
            for (Path entry : entries) {
                Path name = below.resolve(entry.getFileName().toString());
                if (devices.contains(name.toString())) {
                    continue; // the device takes its place
                }
                Path here = dev.resolve(name);
                boolean folder = Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS);
                if (folder && isAbove(name, devices)) {
                    Files.createDirectory(here);
                    fill(name, devices);
                } else if (Files.isSymbolicLink(entry)) {
                    Files.createSymbolicLink(here, Files.readSymbolicLink(entry));
                } else if (MOUNTED.contains(name.toString())) {
                    if (folder) {
                        Files.createDirectory(here);
                    } else {
                        Files.createFile(here);
                    }
                    mounted.add(name.toString());
                } else {
                    Files.createSymbolicLink(here, host.resolve(name));
                }
            }
        } catch (NoSuchFileException e) {
            throw new IOException(DEV.resolve(below) + " changes; try again", e);
        }
    }

    private static boolean isAbove(Path folder, Collection<String> devices) {
        return devices.stream().anyMatch(each -> each.startsWith(folder + "/"));
    }

    @Override
    public void appear(String name) throws IOException {
        Path link = dev.resolve(name);
        Files.createDirectories(link.getParent());
        Files.createSymbolicLink(link, mount.resolve(name));
    }

    @Override
    public void vanish(String name) {
        try {
            Files.deleteIfExists(dev.resolve(name));
        } catch (IOException e) {
            throw new IllegalStateException("the link of " + name + " stays", e);
        }
    }

    /** The command that becomes a program in a namespace of its own. */
    public List<String> command(List<String> program) throws IOException {
        boolean mayMount = Capabilities.mayMount();
        List<String> command = new ArrayList<>();
        command.addAll(List.of("sh", "-c", WITH_COMPLAINTS, "cdev-gate", complaints.toString()));
        command.addAll(
                mayMount
                        ? List.of("unshare", "-m")
                        : List.of("unshare", "-U", "-m", "--map-current-user", "--keep-caps"));
        command.addAll(List.of("sh", "-c", ENTER, "cdev-gate"));
        command.addAll(List.of(mounts().toString(), ready.toString()));
        command.addAll(Launch.of(program, mayMount ? List.of() : WITHOUT_CAPABILITIES));
        return command;
    }

    private Path mounts() throws IOException {
        StringBuilder lines = new StringBuilder();
        lines.append(bind(DEV, host, ""));
        for (String each : mounted) {
            lines.append(bind(DEV.resolve(each), dev.resolve(each), ""));
        }
        lines.append(bind(dev, DEV, ",ro"));
        return Files.writeString(fstab, lines);
    }

    /** With what is mounted below: a namespace of users may not show what a mount hides. */
    private static String bind(Path from, Path to, String options) {
        return escaped(from) + " " + escaped(to) + " none rbind" + options + " 0 0\n";
    }

    private static String escaped(Path path) {
        return path.toString()
                .replace("\\", "\\134")
                .replace(" ", "\\040")
                .replace("\t", "\\011")
                .replace("\n", "\\012");
    }

    /** Whether the program has been reached. */
    public boolean isReached() {
        return Files.exists(ready);
    }

    /**
     * Makes sure that the program was reached.
     *
     * @param exitCode what came in its place, if it was not
     * @throws CommandFailure with what went wrong before and what to do
     */
    public void requireReached(int exitCode) throws IOException, CommandFailure {
        if (isReached()) {
            return;
        }
        String said =
                Files.exists(complaints)
                        ? Files.readString(complaints).strip().replace('\n', ' ')
                        : "";
        throw new CommandFailure(
                ExitCodes.FAILED,
                "no private /dev can be made: "
                        + (said.isEmpty() ? "ended with " + exitCode : said)
                        + "; "
                        + NamespaceSwitches.remedy(Path.of("/proc/sys"))
                        + ", or give --at DIR and have the program use $"
                        + Program.DEVICES);
    }
}
