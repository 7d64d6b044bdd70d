package org.cdevgate.checks.pages;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.ext.heading.anchor.IdGenerator;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.Heading;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.Text;
import org.commonmark.parser.IncludeSourceSpans;
import org.commonmark.parser.Parser;

/**
 * A Markdown page, taken apart.
 *
 * @param file relative to the project's root
 * @param blocks what stands between fences
 * @param codes what stands between backticks
 * @param links destinations of links and images
 * @param anchors what a link may have after its #
 */
record Page(
        Path file,
        List<Block> blocks,
        List<Snippet> codes,
        List<Snippet> links,
        Set<String> anchors) {
    /**
     * A fenced block.
     *
     * @param language the fence's first word; empty if it has none
     * @param line of the fence
     * @param note the HTML comment right before it, which readers do not see; empty if there is
     *     none
     */
    record Block(String language, String text, int line, String note) {}

    /** Something short, and its line. */
    record Snippet(String text, int line) {}

    private static final Parser PARSER =
            Parser.builder()
                    .extensions(List.of(TablesExtension.create()))
                    .includeSourceSpans(IncludeSourceSpans.BLOCKS_AND_INLINES)
                    .build();

    static Page read(Path root, Path file) throws IOException {
        return of(root.relativize(file), Files.readString(file));
    }

    static Page of(Path file, String text) {
        Page page =
                new Page(
                        file,
                        new ArrayList<>(),
                        new ArrayList<>(),
                        new ArrayList<>(),
                        new HashSet<>());
        PARSER.parse(text).accept(page.new Collector());
        return page;
    }

    private final class Collector extends AbstractVisitor {
        /** Makes ids as GitHub does: those of equal headings are numbered. */
        private final IdGenerator ids = IdGenerator.builder().build();

        @Override
        public void visit(FencedCodeBlock block) {
            String note = "";
            if (block.getPrevious() instanceof HtmlBlock html) {
                String comment = html.getLiteral().strip();
                if (comment.startsWith("<!--") && comment.endsWith("-->")) {
                    note = comment.substring(4, comment.length() - 3).strip();
                }
            }
            String language = block.getInfo().strip().split("\\s+", 2)[0];
            blocks.add(new Block(language, block.getLiteral(), line(block), note));
        }

        @Override
        public void visit(Code code) {
            codes.add(new Snippet(code.getLiteral(), line(code)));
        }

        @Override
        public void visit(Link link) {
            links.add(new Snippet(link.getDestination(), line(link)));
            visitChildren(link);
        }

        @Override
        public void visit(Image image) {
            links.add(new Snippet(image.getDestination(), line(image)));
            visitChildren(image);
        }

        @Override
        public void visit(Heading heading) {
            StringBuilder words = new StringBuilder();
            heading.accept(
                    new AbstractVisitor() {
                        @Override
                        public void visit(Text text) {
                            words.append(text.getLiteral());
                        }

                        @Override
                        public void visit(Code code) {
                            words.append(code.getLiteral());
                        }
                    });
            anchors.add(ids.generateId(words.toString()));
            visitChildren(heading);
        }

        private int line(Node node) {
            Node at = node;
            while (at.getSourceSpans().isEmpty()) {
                at = at.getParent();
            }
            return at.getSourceSpans().get(0).getLineIndex() + 1;
        }
    }
}
