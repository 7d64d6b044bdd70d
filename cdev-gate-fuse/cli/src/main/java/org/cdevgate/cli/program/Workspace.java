package org.cdevgate.cli.program;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The temporary folder of a command, with the folder that its devices are mounted on unless they
 * are mounted elsewhere. If this process is killed, a shell beside it unmounts and deletes; if that
 * is killed too, the next command does it: who holds the lock in a folder lives.
 */
public final class Workspace implements AutoCloseable {
    private static final String PREFIX = "cdev-gate-";
    private static final String LOCK = "lock";

    /** A folder as young as this may not have been locked yet. */
    private static final Duration YOUNG = Duration.ofMinutes(1);

    /** $1 the folder, whose name is in the mount's line, $2 where it is mounted. */
    private static final String CLEAN =
            """
            while grep -qF -- "cdev-gate:${1##*/} " /proc/self/mountinfo; do
              umount -l -- "$2" || fusermount3 -u -z -- "$2" || break
            done
            rm -rf --one-file-system -- "$1"
            """;

    /** Waits for the end of its input; a line before that says that all is done. */
    private static final String JANITOR =
            """
            if read -r done; then exit; fi
            """
                    + CLEAN;

    private final Path folder;
    private final Path mount;
    private final Process janitor;
    private final FileChannel lock;

    /**
     * Makes it.
     *
     * @param at where the devices are mounted; null for a folder in it
     */
    public Workspace(@Nullable Path at) throws IOException {
        Path above = above();
        folder = above.resolve(PREFIX + UUID.randomUUID());
        mount = at == null ? folder.resolve("mount") : at;
        janitor = clean("setsid", JANITOR, folder, mount); // first: it has to be there when killed
        Files.createDirectory(
                folder,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        lock =
                FileChannel.open(
                        folder.resolve(LOCK),
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.WRITE);
        lock.lock();
        if (at == null) {
            Files.createDirectory(mount);
        }
    }

    /** The kernel shows mount points as they really are. */
    private static Path above() throws IOException {
        return Path.of(System.getProperty("java.io.tmpdir")).toRealPath();
    }

    /** In a session of its own: what a terminal sends to the program is not for it. */
    private static Process clean(String before, String script, Path folder, Path mount)
            throws IOException {
        return new ProcessBuilder(
                        before,
                        "sh",
                        "-c",
                        script,
                        "cdev-gate-janitor",
                        folder.toString(),
                        mount.toString())
                .directory(Path.of("/").toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** Where the devices are mounted. */
    public Path mount() {
        return mount;
    }

    /** A name for the mount by which it is known as this command's. */
    public String mountName() {
        return "cdev-gate:" + folder.getFileName();
    }

    /** For files of the command's own. */
    public Path folder() {
        return folder;
    }

    /** Deletes what commands of this user have left that were killed with their janitors. */
    public static void cleanLeft() throws IOException {
        Path above = above();
        UserPrincipal self = Files.getOwner(Path.of("/proc/self"));
        try (DirectoryStream<Path> folders =
                Files.newDirectoryStream(above, PREFIX + "*-*-*-*-*")) {
            for (Path each : folders) {
                if (isLeft(each, self)) {
                    clean("setsid", CLEAN, each, each.resolve("mount"));
                }
            }
        }
    }

    private static boolean isLeft(Path folder, UserPrincipal self) {
        try {
            Instant young = Instant.now().minus(YOUNG);
            if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                    || !Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(self)
                    || Files.getLastModifiedTime(folder).toInstant().isAfter(young)) {
                return false;
            }
            try (FileChannel channel =
                    FileChannel.open(folder.resolve(LOCK), StandardOpenOption.WRITE)) {
                return channel.tryLock() != null;
            }
        } catch (OverlappingFileLockException e) {
            return false; // this process's own
        } catch (NoSuchFileException e) {
            return true; // was killed before it had a lock
        } catch (IOException e) {
            return false; // somebody else is deleting it
        }
    }

    /** Deletes it; the mount has to be gone. */
    @Override
    public void close() throws IOException {
        // Links and empty folders only; nothing is followed.
        Files.walkFileTree(
                folder,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.delete(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(Path each, IOException failure)
                            throws IOException {
                        if (failure != null) {
                            throw failure;
                        }
                        Files.delete(each);
                        return FileVisitResult.CONTINUE;
                    }
                });
        lock.close();
        try (OutputStream done = janitor.getOutputStream()) {
            done.write("done\n".getBytes(StandardCharsets.US_ASCII));
        }
    }
}
