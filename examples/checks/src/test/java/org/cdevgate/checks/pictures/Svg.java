package org.cdevgate.checks.pictures;

import java.util.Locale;

/** Lines, boxes and text of one picture, on white, so that it can be read on a dark page too. */
final class Svg {
    /** The width of a character of the only font, in pixels. */
    static final double CHARACTER = 7.3;

    private static final int FONT_SIZE = 12;

    private final StringBuilder elements = new StringBuilder();

    static double widthOf(String text) {
        return text.length() * CHARACTER;
    }

    void box(double x, double y, double width, double height, String fill, String label) {
        add("<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" rx=\"4\"", x, y, width, height);
        add(" fill=\"" + fill + "\" stroke=\"#555\"/>\n");
        text(x + width / 2, y + height / 2 + 4, "middle", label);
    }

    /**
     * Text on a strip of white, so that a line behind it does not cross it out.
     *
     * @param anchor start, middle or end: where in the text x is
     */
    void textOverLines(double x, double y, String anchor, String text) {
        if (text.isEmpty()) {
            return;
        }
        double width = widthOf(text) + 4;
        double left =
                switch (anchor) {
                    case "start" -> x - 2;
                    case "middle" -> x - width / 2;
                    case "end" -> x - width + 2;
                    default -> throw new IllegalArgumentException(anchor);
                };
        add("<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\"", left, y - 11, width, 14);
        add(" fill=\"white\"/>\n");
        text(x, y, anchor, text);
    }

    void text(double x, double y, String anchor, String text) {
        add("<text x=\"%s\" y=\"%s\" text-anchor=\"", x, y);
        add(anchor + "\">" + escaped(text) + "</text>\n");
    }

    void line(double x1, double y1, double x2, double y2, String style) {
        add("<line x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\" ", x1, y1, x2, y2);
        add(style + "/>\n");
    }

    /** A path with an arrow's head at its end; d is SVG's. */
    void arrow(String d, String stroke, boolean dashed) {
        add("<path d=\"" + d + "\" fill=\"none\" stroke=\"" + stroke + "\"");
        add(dashed ? " stroke-dasharray=\"5 4\"" : "");
        add(" marker-end=\"url(#head)\"/>\n");
    }

    private void add(String text) {
        elements.append(text);
    }

    private void add(String format, double... numbers) {
        Object[] shown = new Object[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            shown[i] = number(numbers[i]);
        }
        elements.append(String.format(Locale.ROOT, format, shown));
    }

    /** Without digits that another machine might round otherwise. */
    static String number(double value) {
        return Long.toString(Math.round(value));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    /** The file's text. */
    String document(double width, double height, String title) {
        String size = number(width) + "\" height=\"" + number(height);
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\""
                + size
                + "\" viewBox=\"0 0 "
                + number(width)
                + " "
                + number(height)
                + "\" font-family=\"monospace\" font-size=\""
                + FONT_SIZE
                + "\">\n<title>"
                + escaped(title)
                + "</title>\n<defs><marker id=\"head\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\""
                + " markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\">"
                + "<path d=\"M0 0L8 4L0 8z\" fill=\"#333\"/></marker></defs>\n<rect width=\""
                + size
                + "\" fill=\"white\"/>\n"
                + elements
                + "</svg>\n";
    }
}
