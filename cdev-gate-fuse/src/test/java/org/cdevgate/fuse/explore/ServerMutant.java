package org.cdevgate.fuse.explore;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * A change of the code that breaks it, as a list of them stands in a file:
 *
 * <pre>
 * = What it breaks, in a line
 * session/Worker.java
 * - lines as they are
 * + lines in their place
 * by Interrupts.aCallThatIsParkedOrAboutToParkIsInterrupted
 * </pre>
 *
 * Lines to be replaced stand one after the other in the source, without regard to white space. A
 * second block of them, in the same or another file, follows with its own first line.
 *
 * @param name what it breaks
 * @param edits in their order
 * @param scenario that has to find it
 */
record ServerMutant(String name, List<Edit> edits, String scenario) {
    /** Lines of a source that are replaced by others. */
    record Edit(String file, List<String> before, List<String> after) {}

    static List<ServerMutant> parse(List<String> lines) {
        List<ServerMutant> mutants = new ArrayList<>();
        String name = null;
        List<Edit> edits = new ArrayList<>();
        for (String line : lines) {
            if (line.startsWith("= ")) {
                name = line.substring(2);
                edits = new ArrayList<>();
            } else if (line.startsWith("by ")) {
                mutants.add(new ServerMutant(name, List.copyOf(edits), line.substring(3)));
            } else if (line.startsWith("-")) {
                lastOrNext(edits).before.add(line.substring(1).strip());
            } else if (line.startsWith("+")) {
                edits.get(edits.size() - 1).after.add(line.substring(1));
            } else if (!line.isBlank() && !line.startsWith("#")) {
                edits.add(new Edit(line.strip(), new ArrayList<>(), new ArrayList<>()));
            }
        }
        return mutants;
    }

    /** The last edit; a new one of the same file if that has its lines already. */
    private static Edit lastOrNext(List<Edit> edits) {
        Edit last = edits.get(edits.size() - 1);
        if (!last.after.isEmpty()) {
            edits.add(new Edit(last.file, new ArrayList<>(), new ArrayList<>()));
        }
        return edits.get(edits.size() - 1);
    }

    /**
     * Compiles the changed sources.
     *
     * @param root where the packages of the module's main sources begin
     * @return class files by their internal names
     * @throws IllegalStateException if the code is not any more what the mutant changes
     */
    Map<String, byte[]> compile(Path root) throws IOException {
        Map<Path, String> sources = new HashMap<>();
        for (Edit edit : edits) {
            Path file = root.resolve("org/cdevgate/fuse").resolve(edit.file);
            String source = sources.containsKey(file) ? sources.get(file) : Files.readString(file);
            sources.put(file, edited(source, edit));
        }
        return compile(root, sources);
    }

    private String edited(String source, Edit edit) {
        List<String> lines = new ArrayList<>(source.lines().toList());
        int at = -1;
        for (int i = 0; i + edit.before.size() <= lines.size(); i++) {
            boolean same = true;
            for (int j = 0; same && j < edit.before.size(); j++) {
                same = lines.get(i + j).strip().equals(edit.before.get(j));
            }
            if (same) {
                if (at >= 0) {
                    throw new IllegalStateException(
                            "'" + name + "' fits " + edit.file + " twice: give it more lines");
                }
                at = i;
            }
        }
        if (at < 0) {
            throw new IllegalStateException(
                    "'" + name + "' does not fit " + edit.file + " any more: change it too");
        }
        lines.subList(at, at + edit.before.size()).clear();
        lines.addAll(at, edit.after);
        return String.join("\n", lines);
    }

    private Map<String, byte[]> compile(Path root, Map<Path, String> sources) throws IOException {
        List<JavaFileObject> units = new ArrayList<>();
        sources.forEach(
                (file, text) -> units.add(new Source(root.relativize(file).toString(), text)));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw new IllegalStateException("no compiler: run it with a JDK's java");
        }
        List<String> messages = new ArrayList<>();
        Map<String, ByteArrayOutputStream> made = new HashMap<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            boolean done =
                    compiler.getTask(
                                    null,
                                    new InMemory(files, made),
                                    message -> messages.add(message.toString()),
                                    List.of("--release", "17", "-proc:none", "-g", "-nowarn"),
                                    null,
                                    units)
                            .call();
            if (!done) {
                throw new IllegalStateException("'" + name + "' does not compile: " + messages);
            }
        }
        Map<String, byte[]> classes = new HashMap<>();
        made.forEach((className, bytes) -> classes.put(className, bytes.toByteArray()));
        return classes;
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String path, String text) {
            super(URI.create("string:///" + path), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    /** Keeps the class files that are made. */
    private static final class InMemory extends ForwardingJavaFileManager<JavaFileManager> {
        private final Map<String, ByteArrayOutputStream> made;

        InMemory(JavaFileManager files, Map<String, ByteArrayOutputStream> made) {
            super(files);
            this.made = made;
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
            String name = className.replace('.', '/');
            return new SimpleJavaFileObject(URI.create("mem:///" + name + ".class"), kind) {
                @Override
                public OutputStream openOutputStream() {
                    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                    made.put(name, bytes);
                    return bytes;
                }
            };
        }
    }
}
