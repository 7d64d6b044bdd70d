package org.cdevgate.checks.pages;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Whether what a page links to within the project is there, with its heading. */
final class PageLinks {
    private final Path root;

    PageLinks(Path root) {
        this.root = root;
    }

    List<PageFinding> check(Page page) throws IOException {
        List<PageFinding> findings = new ArrayList<>();
        for (Page.Snippet link : page.links()) {
            String wrong = wrong(page, link.text());
            if (wrong != null) {
                findings.add(new PageFinding(page.file(), link.line(), wrong));
            }
        }
        return findings;
    }

    /** What is wrong with a destination, or null. */
    private String wrong(Page page, String destination) throws IOException {
        URI uri;
        try {
            uri = URI.create(destination);
        } catch (IllegalArgumentException e) {
            return "the link to " + destination + " is no URI: " + e.getMessage();
        }
        if (uri.isAbsolute()) {
            return null; // somebody else's
        }
        Page target = page;
        if (!uri.getPath().isEmpty()) {
            Path file = root.resolve(page.file()).resolveSibling(uri.getPath()).normalize();
            if (!Files.exists(file) || !file.startsWith(root)) {
                return "the link to " + destination + " leads nowhere: there is no " + file;
            }
            if (uri.getFragment() == null) {
                return null;
            }
            target = Page.read(root, file);
        }
        return target.anchors().contains(uri.getFragment())
                ? null
                : "the link to "
                        + destination
                        + " leads to no heading; "
                        + target.file()
                        + " has "
                        + target.anchors().stream().sorted().toList();
    }
}
