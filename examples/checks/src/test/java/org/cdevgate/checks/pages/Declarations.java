package org.cdevgate.checks.pages;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/**
 * Whether the modules that a java block with a module declaration requires, and the artifacts that
 * an xml block names, are the project's if their names say so.
 */
final class Declarations {
    private static final Pattern MODULE = Pattern.compile("(?m)^(?:open )?module [\\w.]+ *\\{");
    private static final Pattern REQUIRES =
            Pattern.compile("requires (?:transitive |static )*(org\\.cdevgate[\\w.]*);");
    private static final Pattern ARTIFACT =
            Pattern.compile("<artifactId>(cdev-gat[\\w-]*)</artifactId>");

    /** All that declares modules and artifacts. */
    private final String declared;

    Declarations(Project project) throws IOException {
        StringBuilder text = new StringBuilder();
        List<Path> files = new ArrayList<>(project.files("module-info.java"));
        files.addAll(project.files("pom.xml"));
        for (Path each : files) {
            text.append(Files.readString(each));
        }
        declared = text.toString();
    }

    static boolean isModule(Page.Block block) {
        return MODULE.matcher(block.text()).find();
    }

    List<PageFinding> check(Page page) {
        List<PageFinding> findings = new ArrayList<>();
        for (Page.Block block : page.blocks()) {
            if (block.language().equals("java") && isModule(block)) {
                Matcher module = REQUIRES.matcher(block.text());
                while (module.find()) {
                    String name = module.group(1);
                    if (!declared.contains("module " + name + " {")
                            && !declared.contains("<Automatic-Module-Name>" + name + "<")) {
                        findings.add(at(page, block, module.start(), "there is no module " + name));
                    }
                }
            } else if (block.language().equals("xml")) {
                checkXml(page, block, findings);
            }
        }
        return findings;
    }

    private void checkXml(Page page, Page.Block block, List<PageFinding> findings) {
        try {
            DocumentBuilder builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
            builder.setErrorHandler(new DefaultHandler()); // which throws, and prints nothing
            builder.parse(new InputSource(new StringReader("<all>" + block.text() + "</all>")));
        } catch (SAXException | IOException | ParserConfigurationException e) {
            findings.add(new PageFinding(page.file(), block.line(), "no XML: " + e.getMessage()));
        }
        Matcher artifact = ARTIFACT.matcher(block.text());
        while (artifact.find()) {
            if (!declared.contains(artifact.group())) {
                findings.add(at(page, block, artifact.start(), "no artifact " + artifact.group(1)));
            }
        }
    }

    private static PageFinding at(Page page, Page.Block block, int position, String text) {
        long line = block.text().substring(0, position).chars().filter(c -> c == '\n').count();
        return new PageFinding(page.file(), block.line() + 1 + (int) line, text);
    }
}
