package org.cdevgate.fuse.harness;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/**
 * A copy of this JVM's class path with a jar in place of each directory, as a program has it in
 * production: a JVM opens its jars once, but needs a descriptor for each class of a directory. Any
 * user may read it.
 */
public final class JarredClassPath {
    private JarredClassPath() {}

    /**
     * Makes the jars.
     *
     * @param folder where to; anybody may enter it afterwards
     * @return the class path
     */
    public static String in(Path folder) throws IOException {
        List<String> entries = new ArrayList<>();
        String all = System.getProperty("java.class.path");
        for (String entry : all.split(File.pathSeparator, -1)) {
            Path path = Path.of(entry);
            if (entry.isEmpty() || !Files.exists(path)) {
                continue;
            }
            Path jar = folder.resolve(entries.size() + ".jar");
            if (Files.isDirectory(path)) {
                pack(path, jar);
            } else {
                Files.copy(path, jar);
            }
            Files.setPosixFilePermissions(jar, PosixFilePermissions.fromString("rw-r--r--"));
            entries.add(jar.toString());
        }
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        return String.join(File.pathSeparator, entries);
    }

    private static void pack(Path classes, Path jar) throws IOException {
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out);
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                entries.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                Files.copy(file, entries);
                entries.closeEntry();
            }
        }
    }
}
