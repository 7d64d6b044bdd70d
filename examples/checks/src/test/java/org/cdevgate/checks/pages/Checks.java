package org.cdevgate.checks.pages;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the checks are made of: the project's sources, read once. */
final class Checks {
    /** Readers know these; a block of another language would be checked by nobody. */
    private static final Set<String> LANGUAGES = Set.of("", "java", "sh", "xml", "python");

    private static final Pattern JAVADOC = Pattern.compile("(?s)/\\*\\*.*?\\*/");
    private static final Pattern CODE = Pattern.compile("\\{@code[\\s*]+([^{}]+)}");

    final Project project;
    final PageLinks links;
    final Names names;
    final ShellBlocks shell;
    final Declarations declarations;

    private Checks() throws IOException {
        project = new Project(Path.of("../.."));
        Sources sources = new Sources(project.files(".java"));
        links = new PageLinks(project.root());
        names =
                new Names(
                        project,
                        sources,
                        Files.readAllLines(
                                Path.of(
                                        "src/test/resources/org/cdevgate/checks/pages/foreign-names.txt")));
        shell = new ShellBlocks(project, sources);
        declarations = new Declarations(project);
    }

    private static Checks made;

    static synchronized Checks get() throws IOException {
        if (made == null) {
            made = new Checks();
        }
        return made;
    }

    List<Page> pages() throws IOException {
        List<Page> pages = new ArrayList<>();
        for (Path each : project.pages()) {
            pages.add(Page.read(project.root(), each));
        }
        return pages;
    }

    static List<PageFinding> languages(Page page) {
        return page.blocks().stream()
                .filter(block -> !LANGUAGES.contains(block.language()))
                .map(
                        block ->
                                new PageFinding(
                                        page.file(),
                                        block.line(),
                                        "a block of the language '"
                                                + block.language()
                                                + "' is not checked; there are java, python, sh and xml"))
                .toList();
    }

    /** A program that a page shows is one of the project's files, which tests run. */
    List<PageFinding> programs(Page page) throws IOException {
        List<PageFinding> findings = new ArrayList<>();
        for (Page.Block block : page.blocks()) {
            if (block.language().equals("python") && !isInAFile(block.text(), ".py")) {
                findings.add(
                        new PageFinding(
                                page.file(),
                                block.line(),
                                "no .py file of the project has this; copy the file's text"));
            }
        }
        return findings;
    }

    private boolean isInAFile(String text, String end) throws IOException {
        for (Path each : project.files(end)) {
            if (Files.readString(each).contains(text)) {
                return true;
            }
        }
        return false;
    }

    /** The code tags in the Javadoc of a source. */
    static List<Page.Snippet> codesOf(String source) {
        List<Page.Snippet> codes = new ArrayList<>();
        Matcher comment = JAVADOC.matcher(source);
        while (comment.find()) {
            Matcher code = CODE.matcher(comment.group());
            while (code.find()) {
                String shown = code.group(1).replaceAll("\\n\\s*\\*\\s?", " ").strip();
                int at = comment.start() + code.start();
                int line = 1 + (int) source.substring(0, at).chars().filter(c -> c == '\n').count();
                codes.add(new Page.Snippet(shown, line));
            }
        }
        return codes;
    }
}
