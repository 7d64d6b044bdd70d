package org.cdevgate.checks.pages;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The files of the project, as far as they are not made by a build. */
final class Project {
    private static final Set<String> NOT_OURS = Set.of("target", ".git", ".idea", ".settings");

    private final Path root;
    private final List<Path> files = new ArrayList<>();

    Project(Path root) throws IOException {
        this.root = root.toRealPath();
        Files.walkFileTree(
                this.root,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes is) {
                        return NOT_OURS.contains(folder.getFileName().toString())
                                ? FileVisitResult.SKIP_SUBTREE
                                : FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes is) {
                        files.add(file);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }

    Path root() {
        return root;
    }

    /** All with this end of their names. */
    List<Path> files(String end) {
        return files.stream().filter(file -> file.toString().endsWith(end)).sorted().toList();
    }

    /** README.md and docs/*.md. */
    List<Path> pages() {
        return files(".md");
    }
}
