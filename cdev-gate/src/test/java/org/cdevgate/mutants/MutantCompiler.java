package org.cdevgate.mutants;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/** Makes the class files of a {@link Mutant}. */
final class MutantCompiler {
    private final Path sources;
    private final String classPath;

    /**
     * For the sources of a module.
     *
     * @param sources where its packages begin
     * @param classPath with its classes as they are, for what the changed ones use
     */
    MutantCompiler(Path sources, String classPath) {
        this.sources = sources;
        this.classPath = classPath;
    }

    /**
     * The changed sources, by their file.
     *
     * @throws IllegalStateException if the code is no longer what the mutant changes
     */
    Map<Path, String> changed(Mutant mutant) throws IOException {
        Map<Path, String> changed = new HashMap<>();
        for (Mutant.Edit edit : mutant.edits()) {
            Path file = sources.resolve("org/cdevgate").resolve(edit.file());
            String source = changed.containsKey(file) ? changed.get(file) : Files.readString(file);
            changed.put(file, edited(mutant.name(), source, edit));
        }
        return changed;
    }

    /**
     * Compiles the changed sources.
     *
     * @param into a folder for the class files
     * @throws IllegalStateException if the code is no longer what the mutant changes, or does not
     *     compile with the change
     */
    void compile(Mutant mutant, Path into) throws IOException {
        List<JavaFileObject> units = new ArrayList<>();
        changed(mutant)
                .forEach((file, text) -> units.add(new Source(sources.relativize(file), text)));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw new IllegalStateException("no compiler: run it with a JDK's java");
        }
        Files.createDirectories(into);
        List<String> messages = new ArrayList<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(into));
            boolean done =
                    compiler.getTask(
                                    null,
                                    files,
                                    message -> messages.add(message.toString()),
                                    List.of(
                                            "--release",
                                            "17",
                                            "-proc:none",
                                            "-g",
                                            "-nowarn",
                                            "-XDstringConcat=inline",
                                            "-cp",
                                            classPath),
                                    null,
                                    units)
                            .call();
            if (!done) {
                throw new IllegalStateException("it does not compile: " + messages);
            }
        }
    }

    private static String edited(String name, String source, Mutant.Edit edit) {
        int[] places = new int[source.length() + 1];
        String bare = bare(source, places);
        String wanted = bare(edit.before(), null);
        int at = bare.indexOf(wanted);
        if (at < 0) {
            throw new IllegalStateException(
                    "'" + name + "' does not fit " + edit.file() + " any more: change it too");
        }
        if (bare.indexOf(wanted, at + 1) >= 0) {
            throw new IllegalStateException(
                    "'" + name + "' fits " + edit.file() + " twice: give it more code");
        }
        return source.substring(0, places[at])
                + edit.after()
                + source.substring(places[at + wanted.length() - 1] + 1);
    }

    /**
     * The text without white space.
     *
     * @param places gets where each of its characters stands in the text; or null
     */
    private static String bare(String text, int[] places) {
        StringBuilder bare = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (!Character.isWhitespace(text.charAt(i))) {
                if (places != null) {
                    places[bare.length()] = i;
                }
                bare.append(text.charAt(i));
            }
        }
        return bare.toString();
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(Path path, String text) {
            super(URI.create("string:///" + path), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
