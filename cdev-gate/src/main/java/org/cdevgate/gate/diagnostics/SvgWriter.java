package org.cdevgate.gate.diagnostics;

import java.util.Locale;

/** Writes the elements that a picture is made of. Names of processes may contain anything. */
final class SvgWriter {
    private final StringBuilder out = new StringBuilder();

    void raw(String text) {
        out.append(text);
    }

    /** A rectangle that says more where the pointer rests on it. */
    void box(String kind, double x, double y, double width, double height, String more) {
        out.append(
                String.format(
                        Locale.ROOT,
                        "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\">",
                        kind,
                        x,
                        y,
                        width,
                        height));
        title(more);
        out.append("</rect>\n");
    }

    void circle(String kind, double x, double y, double radius, String more) {
        out.append(
                String.format(
                        Locale.ROOT,
                        "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\">",
                        kind,
                        x,
                        y,
                        radius));
        title(more);
        out.append("</circle>\n");
    }

    void line(String kind, double x1, double y1, double x2, double y2) {
        out.append(
                String.format(
                        Locale.ROOT,
                        "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>%n",
                        kind,
                        x1,
                        y1,
                        x2,
                        y2));
    }

    void text(String kind, double x, double y, String text) {
        out.append(
                String.format(
                        Locale.ROOT, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">", kind, x, y));
        escape(text);
        out.append("</text>\n");
    }

    private void title(String more) {
        out.append("<title>");
        escape(more);
        out.append("</title>");
    }

    private void escape(String text) {
        text.codePoints().forEach(this::escape);
    }

    private void escape(int c) {
        switch (c) {
            case '&' -> out.append("&amp;");
            case '<' -> out.append("&lt;");
            case '>' -> out.append("&gt;");
            case '"' -> out.append("&quot;");
            default -> {
                boolean fits = c >= ' ' && (c < 0xd800 || c > 0xdfff) && c != 0xfffe && c != 0xffff;
                out.appendCodePoint(fits ? c : c == '\n' || c == '\t' ? ' ' : 0xfffd);
            }
        }
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
