package org.cdevgate.checks.pages;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Has bash take the sh blocks of a page apart, without any program to be found, and looks whether
 * each command could be run from the project's root:
 *
 * <ul>
 *   <li>of {@code bash SCRIPT ...} that the script is there and takes the options: it is run with
 *       {@code --help} after them, which it heeds only if it knows all others;
 *   <li>of {@code mvn ...} that each module, test and goal exists;
 *   <li>of {@code java ...} that the main class exists, that something reads its options, and that
 *       the build makes the jars;
 *   <li>of any, that its system properties are read by a source.
 * </ul>
 */
final class ShellBlocks {
    private static final String TELL =
            """
            set -u
            PATH=/nowhere
            command_not_found_handle() {
              printf '%s\\001' "${BASH_LINENO[0]}" "$@"
              printf '\\002'
            } >&3
            """;
    private static final Set<String> PHASES =
            Set.of(
                    "clean",
                    "compile",
                    "test-compile",
                    "test",
                    "package",
                    "verify",
                    "install",
                    "spotless:apply");

    /** Programs of others, which a machine may lack. */
    private static final Set<String> FOREIGN = Set.of("unshare", "sh", "cat", "echo", "mount");

    private static final Pattern PROPERTY = Pattern.compile("-D(cdevgate[\\w.]*)");
    private static final Pattern IN_TARGET = Pattern.compile("([\\w/-]+)/target/([^/]+\\.jar)");

    private final Project project;
    private final Sources sources;

    ShellBlocks(Project project, Sources sources) {
        this.project = project;
        this.sources = sources;
    }

    /** A command of a block, and on which of its lines it begins. */
    private record Command(int line, List<String> words) {}

    List<PageFinding> check(Page page) throws IOException, InterruptedException {
        List<PageFinding> findings = new ArrayList<>();
        for (Page.Block block : page.blocks()) {
            if (block.language().equals("sh")) {
                check(page.file(), block.line(), block.text(), findings);
            }
        }
        for (Page.Snippet code : page.codes()) {
            if (code.text().matches("(?s)(bash|mvn|java.* (-cp|-m)) .*")) {
                check(page.file(), code.line() - 1, code.text(), findings);
            }
        }
        return findings;
    }

    private void check(Path file, int before, String text, List<PageFinding> findings)
            throws IOException, InterruptedException {
        Matcher property = PROPERTY.matcher(text);
        while (property.find()) {
            if (!sources.hasStringWith(property.group(1))) {
                findings.add(
                        new PageFinding(file, before + 1, "no source reads " + property.group()));
            }
        }
        Path said = Files.createTempFile("said", "");
        Path commands = Files.createTempFile("commands", "");
        try {
            int status =
                    new ProcessBuilder(
                                    "bash",
                                    "-c",
                                    "exec 3>\"$1\"; " + TELL + text,
                                    "bash",
                                    commands.toString())
                            .directory(project.root().toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(said.toFile())
                            .start()
                            .waitFor();
            String output = Files.readString(said).strip();
            if (status != 0 || !output.isEmpty()) {
                findings.add(new PageFinding(file, before + 1, "bash refuses it: " + output));
            }
            for (Command each : read(Files.readString(commands, StandardCharsets.UTF_8))) {
                String wrong = wrong(each.words());
                if (wrong != null) {
                    findings.add(new PageFinding(file, before + each.line(), wrong));
                }
            }
        } finally {
            Files.delete(said);
            Files.delete(commands);
        }
    }

    private static List<Command> read(String told) {
        List<Command> commands = new ArrayList<>();
        int head = (int) TELL.lines().count();
        for (String each : told.split("\002", -1)) {
            List<String> words = new ArrayList<>(List.of(each.split("\001", -1)));
            if (words.size() > 2) {
                int line = Integer.parseInt(words.remove(0)) - head;
                words.remove(words.size() - 1); // behind the last separator
                commands.add(new Command(Math.max(1, line), words));
            }
        }
        return commands;
    }

    /** What is wrong with a command, or null. */
    private String wrong(List<String> words) throws IOException, InterruptedException {
        Deque<String> rest = new ArrayDeque<>(words);
        String program = rest.pop();
        return switch (program) {
            case "bash" -> wrongScript(new ArrayList<>(rest));
            case "mvn" -> wrongMaven(rest);
            case "java" -> wrongJava(rest);
            default ->
                    FOREIGN.contains(program)
                            ? null
                            : program + " is no program that the pages are known to use";
        };
    }

    private String wrongScript(List<String> words) throws IOException, InterruptedException {
        if (words.isEmpty() || !Files.isRegularFile(project.root().resolve(words.get(0)))) {
            return "there is no script " + words;
        }
        List<String> command = new ArrayList<>(List.of("bash"));
        command.addAll(words);
        command.add("--help");
        Path said = Files.createTempFile("said", "");
        try {
            int status =
                    new ProcessBuilder(command)
                            .directory(project.root().toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(said.toFile())
                            .start()
                            .waitFor();
            return status == 0
                    ? null
                    : String.join(" ", words) + " is refused: " + Files.readString(said).strip();
        } finally {
            Files.delete(said);
        }
    }

    private String wrongMaven(Deque<String> words) throws IOException {
        while (!words.isEmpty()) {
            String word = words.pop();
            if (Set.of("-B", "-q", "-o", "-am").contains(word) || PHASES.contains(word)) {
                continue;
            }
            if (word.equals("-pl")) {
                for (String module :
                        words.isEmpty() ? new String[] {""} : words.pop().split(",", -1)) {
                    if (!Files.exists(project.root().resolve(module).resolve("pom.xml"))
                            || module.isEmpty()) {
                        return "there is no module '" + module + "'";
                    }
                }
            } else if (word.startsWith("-Dtest=") || word.startsWith("-Dit.test=")) {
                for (String test : word.substring(word.indexOf('=') + 1).split(",", -1)) {
                    if (!test.equals("None") && !isTest(test.replaceFirst("#.*", ""))) {
                        return "there is no test " + test;
                    }
                }
            } else if (word.startsWith("-P")) {
                String profile = word.substring(2);
                if (!Files.readString(project.root().resolve("pom.xml"))
                        .contains("<id>" + profile + "</id>")) {
                    return "there is no profile '" + profile + "'";
                }
            } else if (!word.startsWith("-D")) {
                return "mvn " + word + " is no phase or option that the pages are known to use";
            }
        }
        return null;
    }

    private boolean isTest(String pattern) {
        Pattern name = Pattern.compile(pattern.replace("*", "\\w*") + "\\.java");
        return project.files(".java").stream()
                .anyMatch(file -> name.matcher(file.getFileName().toString()).matches());
    }

    private String wrongJava(Deque<String> words) throws IOException {
        String main = null;
        while (main == null) {
            if (words.isEmpty()) {
                return "java is given no class";
            }
            String word = words.pop();
            String paths = "";
            if (word.equals("--add-modules")) {
                words.poll();
            } else if (Set.of("-cp", "-p", "--module-path").contains(word)) {
                paths = words.isEmpty() ? "" : words.pop();
            } else if (word.startsWith("-javaagent:")) {
                paths = word.substring("-javaagent:".length()).replaceFirst("=.*", "");
            } else if (word.equals("-m")) {
                main = words.isEmpty() ? "" : words.pop().replaceFirst(".*/", "");
            } else if (!word.startsWith("-")) {
                main = word;
            }
            for (String path : paths.split(":", -1)) {
                if (path.contains("/target/") && !isMade(path)) {
                    return "no build makes " + path;
                }
            }
        }
        if (main.startsWith("org.cdevgate.") && !sources.hasQualified(main)) {
            return "there is no class " + main;
        }
        for (String word : words) {
            if (word.startsWith("--")
                    && !sources.hasStringWith(word)
                    && !sources.hasString(word.substring(2))) {
                return main + " knows no option " + word;
            }
        }
        return null;
    }

    /** Whether it is the jar of a module, by its artifact or its final name, or a folder. */
    private boolean isMade(String path) throws IOException {
        Matcher jar = IN_TARGET.matcher(path);
        if (!jar.matches()) {
            return Stream.of("classes", "test-classes", "lib/*").anyMatch(path::endsWith);
        }
        Path pom = project.root().resolve(jar.group(1)).resolve("pom.xml");
        String name = jar.group(2).replaceFirst("(-\\*|-[0-9].*)?\\.jar$", "");
        return Files.exists(pom)
                && (Files.readString(pom).contains("<finalName>" + name + "<")
                        || Files.readString(pom).contains("<artifactId>" + name + "<"));
    }
}
