package org.cdevgate.cli.program;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.UUID;

/**
 * The temporary folder of a command, with the folder that its devices are mounted on. A shell
 * beside this process unmounts and deletes it if this process is killed.
 */
public final class Workspace implements AutoCloseable {
    /** Waits for the end of its input; a line before that says that all is done. */
    private static final String JANITOR =
            """
            trap '' INT TERM HUP QUIT
            if read -r done; then exit; fi
            fusermount3 -u -z -- "$1/mount" || umount -l "$1/mount"
            rm -rf --one-file-system -- "$1"
            """;

    private final Path folder;
    private final Process janitor;

    public Workspace() throws IOException {
        // The kernel shows mount points as they really are.
        Path above = Path.of(System.getProperty("java.io.tmpdir")).toRealPath();
        folder = above.resolve("cdev-gate-" + UUID.randomUUID());
        janitor = // first: whenever this process is killed, it is there
                new ProcessBuilder("sh", "-c", JANITOR, "cdev-gate-janitor", folder.toString())
                        .directory(Path.of("/").toFile())
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        Files.createDirectory(
                folder,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.createDirectory(mount());
    }

    /** Where the devices are mounted. */
    public Path mount() {
        return folder.resolve("mount");
    }

    /** For files of the command's own. */
    public Path folder() {
        return folder;
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
        try (OutputStream done = janitor.getOutputStream()) {
            done.write("done\n".getBytes(StandardCharsets.US_ASCII));
        }
    }
}
