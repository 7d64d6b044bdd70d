package org.cdevgate.fuse.harness;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The system calls in which this JVM's threads wait now, as the kernel sees it. */
public final class WaitingThreads {
    private WaitingThreads() {}

    /** How many threads wait in one whose first argument is this descriptor. */
    public static int waitingOn(int descriptor) throws IOException {
        String argument = "0x" + Integer.toHexString(descriptor) + " ";
        int count = 0;
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (Path thread : threads) {
                // proc(5): the number of the call and its arguments, or "running".
                String call = read(thread.resolve("syscall"));
                if (call.startsWith(argument, call.indexOf(' ') + 1)) {
                    count++;
                }
            }
        }
        return count;
    }

    /** How many threads wait in one on a descriptor of a file. */
    public static int waitingOn(Path file) throws IOException {
        int count = 0;
        try (DirectoryStream<Path> descriptors =
                Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path each : descriptors) {
                if (isLinkTo(each, file)) {
                    count += waitingOn(Integer.parseInt(each.getFileName().toString()));
                }
            }
        }
        return count;
    }

    private static boolean isLinkTo(Path link, Path file) throws IOException {
        try {
            return Files.readSymbolicLink(link).equals(file);
        } catch (NoSuchFileException e) {
            return false; // closed meanwhile
        }
    }

    private static String read(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            if (Files.exists(file)) {
                throw e;
            }
            return ""; // the thread has ended, before the file was opened (ENOENT) or after (ESRCH)
        }
    }
}
