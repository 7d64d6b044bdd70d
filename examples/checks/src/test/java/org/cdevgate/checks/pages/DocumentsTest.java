package org.cdevgate.checks.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.cdevgate.checks.pictures.Sequence;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** README.md, the pages in docs/ and the Javadoc say what is so. */
class DocumentsTest {
    private Checks checks;
    private List<Page> pages;
    private final List<PageFinding> findings = new ArrayList<>();

    @BeforeEach
    void read() throws IOException {
        checks = Checks.get();
        pages = checks.pages();
        assertTrue(pages.size() > 10, () -> "the pages are elsewhere: " + pages.size());
    }

    private void assertNothingFound() {
        assertEquals(
                "", findings.stream().map(PageFinding::toString).collect(Collectors.joining("\n")));
    }

    @Test
    void linksLeadToFilesAndHeadings() throws IOException {
        for (Page page : pages) {
            findings.addAll(checks.links.check(page));
        }
        assertNothingFound();
    }

    @Test
    void everyBlockIsOfALanguageThatIsChecked() {
        pages.forEach(page -> findings.addAll(Checks.languages(page)));
        assertNothingFound();
    }

    @Test
    void pythonBlocksAreProgramsOfTheProject() throws IOException {
        for (Page page : pages) {
            findings.addAll(checks.programs(page));
        }
        assertNothingFound();
    }

    @Test
    void javaBlocksCompile(@TempDir Path classes) throws IOException {
        findings.addAll(JavaBlocks.check(pages, classes));
        assertNothingFound();
    }

    @Test
    void modulesAndArtifactsExist() {
        pages.forEach(page -> findings.addAll(checks.declarations.check(page)));
        assertNothingFound();
    }

    @Test
    void commandsCouldBeRun() throws IOException, InterruptedException {
        for (Page page : pages) {
            findings.addAll(checks.shell.check(page));
        }
        assertNothingFound();
    }

    @Test
    void namesInPagesExist() {
        for (Page page : pages) {
            if (!page.file().endsWith("CHANGELOG.md")) { // it tells of names that are gone
                findings.addAll(checks.names.check(page));
            }
        }
        assertNothingFound();
    }

    @Test
    void namesInPicturesExist() throws IOException {
        List<Path> texts =
                checks.project.files(".txt").stream()
                        .filter(file -> file.getParent().endsWith("docs/pictures"))
                        .toList();
        assertTrue(texts.size() > 2, () -> "the texts of the pictures are elsewhere: " + texts);
        for (Path each : texts) {
            findings.addAll(
                    checks.names.check(
                            checks.project.root().relativize(each),
                            Sequence.read(each).names().stream()
                                    .map(named -> new Page.Snippet(named.name(), named.line()))
                                    .toList()));
        }
        assertNothingFound();
    }

    @Test
    void namesInJavadocExist() throws IOException {
        for (Path each : checks.project.files(".java")) {
            findings.addAll(
                    checks.names.check(
                            checks.project.root().relativize(each),
                            Checks.codesOf(Files.readString(each))));
        }
        assertNothingFound();
    }
}
