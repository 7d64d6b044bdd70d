package org.cdevgate.cli.hold;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.cdevgate.cli.exit.CommandFailure;
import org.cdevgate.cli.exit.ExitCodes;
import org.jspecify.annotations.Nullable;

/**
 * The folder with the sockets of a user's holders: below {@code $XDG_RUNTIME_DIR} if that is the
 * user's own, else below /tmp. Nobody else may enter it.
 */
public final class SocketFolder {
    private static final String SUFFIX = ".sock";
    private static final String UID = "unix:uid";
    private static final Set<PosixFilePermission> OWN =
            EnumSet.of(
                    PosixFilePermission.OWNER_READ,
                    PosixFilePermission.OWNER_WRITE,
                    PosixFilePermission.OWNER_EXECUTE);

    private final Path folder;

    private SocketFolder(Path folder) {
        this.folder = folder;
    }

    /** This user's, which is made if it is not there. */
    public static SocketFolder own() throws IOException, CommandFailure {
        // Not this shell's temporary folder: another shell may have another one.
        return of(System.getenv("XDG_RUNTIME_DIR"), Path.of("/tmp"));
    }

    /**
     * @param runtime what XDG_RUNTIME_DIR says
     */
    static SocketFolder of(@Nullable String runtime, Path temporary)
            throws IOException, CommandFailure {
        int uid = (int) Files.getAttribute(Path.of("/proc/self"), UID);
        Path folder =
                runtime != null && isOwn(Path.of(runtime), uid)
                        ? Path.of(runtime, "cdev-gate")
                        : temporary.resolve("cdev-gate-" + uid);
        try {
            Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(OWN));
        } catch (FileAlreadyExistsException e) {
            check(folder, uid);
        }
        return new SocketFolder(folder);
    }

    private static boolean isOwn(Path folder, int uid) throws IOException {
        return Files.isDirectory(folder) && (int) Files.getAttribute(folder, UID) == uid;
    }

    private static void check(Path folder, int uid) throws IOException, CommandFailure {
        PosixFileAttributes attributes =
                Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        int owner = (int) Files.getAttribute(folder, UID, LinkOption.NOFOLLOW_LINKS);
        if (!attributes.isDirectory() || owner != uid) {
            throw new CommandFailure(
                    ExitCodes.FAILED,
                    folder
                            + " is no folder of user "
                            + uid
                            + "; set XDG_RUNTIME_DIR to a folder of your own");
        }
        if (!attributes.permissions().equals(OWN)) {
            throw new CommandFailure(
                    ExitCodes.FAILED,
                    folder
                            + " has the mode "
                            + PosixFilePermissions.toString(attributes.permissions())
                            + ", so that others may get in; chmod 700 "
                            + folder);
        }
    }

    /** A name for a holder's socket. */
    Path name(String unique) {
        return folder.resolve(unique + SUFFIX);
    }

    /** A name that nobody looks for. */
    Path hiddenName(String unique) {
        return folder.resolve("." + unique);
    }

    /** Connects to each holder that lives; of those that have died the socket is deleted. */
    public List<SocketChannel> connectAll() throws IOException {
        List<SocketChannel> channels = new ArrayList<>();
        try (DirectoryStream<Path> sockets = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
            for (Path each : sockets) {
                SocketChannel channel = connect(each);
                if (channel != null) {
                    channels.add(channel);
                }
            }
        }
        return channels;
    }

    private static @Nullable SocketChannel connect(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            return channel;
        } catch (ConnectException e) {
            // A socket is in its place only once it is listened to: nobody does any more.
            channel.close();
            Files.deleteIfExists(socket);
            return null;
        } catch (IOException e) {
            channel.close(); // deleted by another one just now
            return null;
        }
    }
}
