package org.cdevgate.checks.pages;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether what stands between backticks, or in a code tag of Javadoc, exists if it looks like
 * something of the project: a package, a type, a member behind its type, a method with parentheses,
 * alone or behind a receiver, a name in camel case, a constant, a file, a system property, an
 * option.
 *
 * <p>Types of the JDK and their members are looked up too. Whatever else has the look of a name of
 * Java but is of the kernel's or of other projects stands in {@code foreign-names.txt}; C's names
 * have an underscore or a section of the manual, and need not.
 */
final class Names {
    private static final Pattern QUALIFIED = Pattern.compile("org\\.cdevgate(\\.\\w+)*");
    private static final Pattern TYPE_FIRST =
            Pattern.compile("@?([A-Z]\\w*)((?:(?:\\.|::|#)\\w+)*)(?:<[^()]*>)?(\\(.*\\))?");
    private static final Pattern METHOD = Pattern.compile("([a-z]\\w*)\\((.*)\\)");
    private static final Pattern CALL_OF = Pattern.compile("\\.([a-z]\\w*)\\(");
    private static final Pattern CAMEL = Pattern.compile("[a-z][a-z0-9]*(?:[A-Z][a-z0-9]*)+");
    private static final Pattern WORD = Pattern.compile("\\w+");
    private static final Pattern CONSTANT = Pattern.compile("[A-Z][A-Z0-9]*(_[A-Z0-9]+)+");
    private static final Pattern MANUAL = Pattern.compile("\\w+\\([1-8]\\)");
    private static final Pattern PROPERTY = Pattern.compile("-D(cdevgate[\\w.]*)(=.*)?");
    private static final Pattern OPTION = Pattern.compile("(--[a-z][\\w-]*)([ =].*)?");

    private final Project project;
    private final Sources sources;
    private final Set<String> foreign;
    private final String scripts;

    /**
     * @param foreign a name of others per line, a star after the beginning of constants; a # begins
     *     a comment
     */
    Names(Project project, Sources sources, List<String> foreign) throws IOException {
        this.project = project;
        this.sources = sources;
        this.foreign = new HashSet<>();
        for (String line : foreign) {
            String name = line.replaceFirst("#.*", "").strip();
            if (!name.isEmpty() && !this.foreign.add(name)) {
                throw new IllegalArgumentException("foreign name twice: " + name);
            }
        }
        StringBuilder text = new StringBuilder();
        List<Path> files = new ArrayList<>(project.files(".sh"));
        files.addAll(project.files(".ci/run"));
        files.addAll(project.files(".ci/fresh-machine"));
        for (Path each : files) {
            text.append(Files.readString(each));
        }
        scripts = text.toString();
    }

    /** As below; what a java block of the page shows is known there, because it compiles. */
    List<PageFinding> check(Page page) {
        StringBuilder shown = new StringBuilder();
        page.blocks().stream()
                .filter(block -> block.language().equals("java"))
                .forEach(block -> shown.append(block.text()));
        Set<String> words = new HashSet<>();
        Matcher word = WORD.matcher(shown);
        while (word.find()) {
            words.add(word.group());
        }
        List<Page.Snippet> others =
                page.codes().stream()
                        .filter(code -> !words.contains(code.text().replace("()", "")))
                        .toList();
        return check(page.file(), others);
    }

    List<PageFinding> check(Path file, List<Page.Snippet> codes) {
        List<PageFinding> findings = new ArrayList<>();
        for (Page.Snippet code : codes) {
            String wrong = wrong(code.text().strip());
            if (wrong != null) {
                findings.add(new PageFinding(file, code.line(), "`" + code.text() + "`: " + wrong));
            }
        }
        return findings;
    }

    /** What is wrong with a piece of code, or null. */
    private String wrong(String code) {
        if (foreign.contains(code) || MANUAL.matcher(code).matches()) {
            return null;
        }
        Matcher match = QUALIFIED.matcher(code);
        if (match.matches()) {
            // Or an event of Flight Recorder.
            return sources.hasQualified(code) || sources.hasString(code)
                    ? null
                    : "no package, class or event of this name";
        }
        if (CONSTANT.matcher(code).matches()) {
            return sources.hasIdentifier(code) || sources.hasStringWith(code) || isForeign(code)
                    ? null
                    : "no constant is called so, nor is it known as the kernel's";
        }
        match = TYPE_FIRST.matcher(code);
        if (match.matches()) {
            return wrongType(match.group(1), match.group(2));
        }
        match = METHOD.matcher(code);
        if (match.matches()) {
            return wrongMethod(match.group(1));
        }
        if (CAMEL.matcher(code).matches()) {
            return sources.hasIdentifier(code) || sources.hasString(code)
                    ? null
                    : "nothing is declared by this name";
        }
        match = PROPERTY.matcher(code);
        if (match.matches()) {
            return sources.hasStringWith(match.group(1)) ? null : "no source reads this property";
        }
        match = OPTION.matcher(code);
        if (match.matches()) {
            String option = match.group(1);
            return foreign.contains(option)
                            || sources.hasStringWith(option)
                            || scripts.contains(option)
                    ? null
                    : "no command takes the option " + option;
        }
        if (isPath(code)) {
            return Files.exists(project.root().resolve(code)) ? null : "there is no such file";
        }
        match = CALL_OF.matcher(code);
        while (match.find()) {
            String wrong = wrongMethod(match.group(1));
            if (wrong != null) {
                return wrong;
            }
        }
        return null;
    }

    /** Whether the list has the beginning of a constant, followed by a star. */
    private boolean isForeign(String constant) {
        return foreign.stream()
                .filter(each -> each.endsWith("*"))
                .anyMatch(each -> constant.startsWith(each.substring(0, each.length() - 1)));
    }

    private String wrongType(String type, String members) {
        if (foreign.contains(type)) {
            return null;
        }
        if (!sources.hasType(type)) {
            if (ForeignTypes.has(type)) {
                return wrongForeignMember(type, members);
            }
            boolean known = members.isEmpty() && sources.hasIdentifier(type);
            return known || !hasLowerCase(type) ? null : "there is no type " + type;
        }
        String at = type;
        for (String member : members.split("\\.|::|#", -1)) {
            if (member.isEmpty()) {
                continue;
            }
            if (!sources.hasMember(at, member)) {
                return at + " has no member " + member;
            }
            if (sources.hasType(member)) {
                at = member;
            } else {
                break; // what a member returns is not known here
            }
        }
        return null;
    }

    private static String wrongForeignMember(String type, String members) {
        String[] names = members.split("\\.|::|#", -1);
        return names.length < 2 || ForeignTypes.hasMember(type, names[1])
                ? null
                : type + " of the JDK has no member " + names[1];
    }

    private static boolean hasLowerCase(String name) {
        return name.chars().anyMatch(Character::isLowerCase);
    }

    private String wrongMethod(String name) {
        return foreign.contains(name + "()") || name.contains("_") || sources.hasMethod(name)
                ? null
                : "no method is called " + name;
    }

    /** Whether it is a path from the project's root, and not to what a build or a run makes. */
    private boolean isPath(String code) {
        int slash = code.indexOf('/');
        return slash > 0
                && code.matches("[\\w.][\\w./-]*")
                && !code.startsWith("..")
                && !("/" + code).contains("/target/")
                && Files.exists(project.root().resolve(code.substring(0, slash)));
    }
}
