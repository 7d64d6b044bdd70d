package org.cdevgate.gate.stress.fray;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * A change of the library's code that breaks what a case asks about, to see that Fray finds it.
 *
 * @param name what is wrong
 * @param file the source, below the library's root of sources
 * @param before lines as they are, one after the other, without regard to white space
 * @param after lines in their place
 * @param shows what Fray's report must tell, each of it: the words of a promise, or for threads
 *     that wait for ever where they do, " or " between texts of which one is enough; a run that
 *     fails in another way has not found the fault
 */
record Fault(String name, String file, String before, String after, List<String> shows) {
    Fault {
        if (shows.isEmpty()) {
            throw new IllegalArgumentException("any failure would do for '" + name + "'");
        }
    }

    /** Whether this fault, and not just anything, is what a run found. */
    boolean isShownBy(FrayReport report) {
        return report.error() != null
                && shows.stream()
                        .allMatch(
                                each ->
                                        Stream.of(each.split(" or ", -1))
                                                .anyMatch(report.error()::contains));
    }

    /**
     * The source with the fault.
     *
     * @throws IllegalStateException if the code is not any more what the fault changes
     */
    String edit(String source) {
        List<String> lines = new ArrayList<>(source.lines().toList());
        List<String> wanted = before.lines().map(String::strip).toList();
        int at = -1;
        for (int i = 0; i + wanted.size() <= lines.size(); i++) {
            List<String> here = lines.subList(i, i + wanted.size());
            if (here.stream().map(String::strip).toList().equals(wanted)) {
                if (at >= 0) {
                    throw new IllegalStateException(
                            "'" + name + "' fits " + file + " twice: give it more lines");
                }
                at = i;
            }
        }
        if (at < 0) {
            throw new IllegalStateException(
                    "'" + name + "' does not fit " + file + " any more: change it too");
        }
        lines.subList(at, at + wanted.size()).clear();
        lines.addAll(at, after.lines().toList());
        return String.join("\n", lines);
    }

    /**
     * Compiles it.
     *
     * @param sources the library's root of sources
     * @param classPath of the library
     * @param into an empty folder below which the source and the classes go
     * @return where the classes are
     */
    Path compile(Path sources, String classPath, Path into) throws IOException {
        Path changed = into.resolve("src").resolve(file);
        Path classes = Files.createDirectories(into.resolve("classes"));
        Files.createDirectories(changed.getParent());
        Files.writeString(changed, edit(Files.readString(sources.resolve(file))));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw new IllegalStateException("no compiler: run it with a JDK's java");
        }
        DiagnosticCollector<JavaFileObject> told = new DiagnosticCollector<>();
        List<String> options =
                List.of(
                        "-proc:none",
                        "-nowarn",
                        "-g",
                        "-XDstringConcat=inline", // as the library is compiled
                        "-cp",
                        classPath,
                        "-d",
                        classes.toString());
        try (StandardJavaFileManager files = compiler.getStandardFileManager(told, null, null)) {
            if (!compiler.getTask(
                            null, files, told, options, null, files.getJavaFileObjects(changed))
                    .call()) {
                throw new IllegalStateException(
                        "'" + name + "' does not compile: " + told.getDiagnostics());
            }
        }
        return classes;
    }

    /** Removes a folder of an earlier run. */
    static void empty(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(each);
            }
        }
    }
}
