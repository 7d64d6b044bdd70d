package org.cdevgate.checks.pages;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Compiles the java blocks of pages against the class path of this test.
 *
 * <p>A block that begins with {@code package} is a file. Any other is the body of a method {@code
 * void shown() throws Exception} of an abstract class, with the library's public packages and the
 * usual ones of the JDK imported. An HTML comment right before the block, which readers do not see,
 * says what else there is:
 *
 * <ul>
 *   <li>{@code members} as its first line: the block is the body of that class, not of a method;
 *   <li>{@code in} and a method's head as its first line: the block is the body of that method;
 *   <li>{@code with} alone as its first line: the body of {@code shown()} after all;
 *   <li>its further lines: imports, and members of the class, such as {@code FopsGate gate;}.
 * </ul>
 */
final class JavaBlocks {
    private static final List<String> IMPORTS =
            List.of(
                    "org.cdevgate.abi.*",
                    "org.cdevgate.async.*",
                    "org.cdevgate.cdev.*",
                    "org.cdevgate.device.*",
                    "org.cdevgate.devres.*",
                    "org.cdevgate.fuse.*",
                    "org.cdevgate.gate.*",
                    "org.cdevgate.gate.calls.*",
                    "org.cdevgate.gate.diagnostics.*",
                    "org.cdevgate.gate.removal.*",
                    "org.cdevgate.revocable.*",
                    "java.io.IOException",
                    "java.nio.ByteBuffer",
                    "java.nio.ByteOrder",
                    "java.nio.file.*",
                    "java.time.Duration",
                    "java.util.*",
                    "java.util.concurrent.*");

    private static final Pattern PACKAGE = Pattern.compile("(?m)^package ([\\w.]+);");
    private static final Pattern PUBLIC_TYPE =
            Pattern.compile("(?m)^public (?:\\w+ )*(?:class|interface|enum|record) (\\w+)");
    private static final String SHOWN = "void shown() throws Exception";

    /** A source made of a block. */
    private static final class Source extends SimpleJavaFileObject {
        final Page page;
        final Page.Block block;
        private final String text;

        /** How many lines of it are before the block's first. */
        final long before;

        Source(String name, Page page, Page.Block block, String head, String tail) {
            super(URI.create("string:///" + name.replace('.', '/') + ".java"), Kind.SOURCE);
            this.page = page;
            this.block = block;
            this.text = head + block.text() + tail;
            this.before = head.lines().count();
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    private JavaBlocks() {}

    /**
     * What does not compile.
     *
     * @param folder for the classes
     */
    static List<PageFinding> check(List<Page> pages, Path folder) throws IOException {
        List<PageFinding> findings = new ArrayList<>();
        Map<String, Source> sources = new HashMap<>();
        for (Page page : pages) {
            for (Page.Block block : page.blocks()) {
                if (block.language().equals("java") && !Declarations.isModule(block)) {
                    Source source = source(page, block, sources.size());
                    sources.put(source.getName(), source);
                }
            }
        }
        if (sources.isEmpty()) {
            return findings;
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
        // All blocks are looked at, whatever is wrong with one of them.
        List<String> options =
                new ArrayList<>(List.of("-proc:none", "-Xlint:none", "--should-stop=ifError=FLOW"));
        try (StandardJavaFileManager manager =
                compiler.getStandardFileManager(said, null, StandardCharsets.UTF_8)) {
            options.addAll(List.of("-d", Files.createDirectories(folder).toString()));
            options.addAll(List.of("-cp", System.getProperty("java.class.path")));
            compiler.getTask(null, manager, said, options, null, sources.values()).call();
        }
        for (Diagnostic<? extends JavaFileObject> each : said.getDiagnostics()) {
            if (each.getKind() == Diagnostic.Kind.ERROR) {
                findings.add(finding(each, sources));
            }
        }
        return findings;
    }

    private static PageFinding finding(
            Diagnostic<? extends JavaFileObject> error, Map<String, Source> sources) {
        String message = error.getMessage(null);
        if (error.getSource() == null) {
            return new PageFinding(Path.of("javac"), 0, message);
        }
        Source source = sources.get(error.getSource().getName());
        long line = error.getLineNumber() - source.before;
        if (line < 1) {
            message = "in the comment before the block: " + message;
        }
        int shown = source.block.line() + (int) Math.max(0, line);
        return new PageFinding(source.page.file(), shown, "does not compile: " + message);
    }

    private static Source source(Page page, Page.Block block, int number) {
        Matcher inPackage = PACKAGE.matcher(block.text());
        if (inPackage.find()) {
            Matcher type = PUBLIC_TYPE.matcher(block.text());
            String name = type.find() ? type.group(1) : "Shown" + number;
            return new Source(inPackage.group(1) + "." + name, page, block, "", "");
        }
        String[] note = block.note().split("\n", 2);
        String rule = note[0].strip();
        String name = "Shown" + number;
        StringBuilder head = new StringBuilder();
        StringBuilder members = new StringBuilder();
        IMPORTS.forEach(each -> head.append("import ").append(each).append(";\n"));
        for (String line : note.length > 1 ? note[1].split("\n", -1) : new String[0]) {
            (line.startsWith("import ") ? head : members).append(line).append('\n');
        }
        head.append("abstract class ").append(name).append(" {\n").append(members);
        if (rule.equals("members")) {
            return new Source(name, page, block, head.toString(), "}\n");
        }
        String method = rule.startsWith("in ") ? rule.substring("in ".length()) : SHOWN;
        head.append(method).append(" {\n");
        return new Source(name, page, block, head.toString(), "}\n}\n");
    }
}
