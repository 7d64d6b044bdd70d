package org.cdevgate.checks.pictures;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who calls whom, in order, as a text file says it:
 *
 * <pre>
 * title The life of a request
 * actors process, Worker, driver
 *
 * == a heading across all
 * process -> Worker: receive()    a call
 * Worker --> process: the answer  an answer, dashed
 * Worker -> Worker: read()        a call of itself
 * </pre>
 *
 * <p>An actor whose name begins with a capital is a class of the project, and a label that ends
 * with () a method of it, or of the class before its dot. Words may follow behind a comma.
 */
public final class Sequence {
    private static final Pattern STEP =
            Pattern.compile("(\\w+) (--?)> (\\w+): ([\\w.]+\\(\\))?(?:, )?(.*)");

    private static final double COLUMN = 90;
    private static final double ROW = 40;
    private static final double MARGIN = 20;
    private static final double BOX_HEIGHT = 26;
    private static final double SELF = 24;

    /**
     * A step, or a heading.
     *
     * @param method what is called; empty if nothing of the project
     * @param words what else is to say
     * @param heading null if it is none
     */
    private record Step(
            int from, int to, boolean answer, String method, String words, String heading) {
        double width() {
            return Math.max(Svg.widthOf(method), Svg.widthOf(words));
        }
    }

    /**
     * What a picture names.
     *
     * @param name a type, or Type.method()
     * @param line where, from 1
     */
    public record Named(String name, int line) {}

    private String title = "";
    private final List<String> actors = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();
    private final List<Named> names = new ArrayList<>();

    private Sequence() {}

    /** The sequence in a file. */
    public static Sequence read(Path file) throws IOException {
        Sequence sequence = new Sequence();
        List<String> lines = Files.readAllLines(file);
        for (int i = 0; i < lines.size(); i++) {
            sequence.add(lines.get(i).strip(), i + 1);
        }
        return sequence;
    }

    /** The classes and methods that it shows, which have to exist. */
    public List<Named> names() {
        return List.copyOf(names);
    }

    private void add(String line, int number) {
        if (line.isEmpty()) {
            return;
        }
        if (line.startsWith("title ")) {
            title = line.substring("title ".length());
        } else if (line.startsWith("actors ")) {
            for (String actor : line.substring("actors ".length()).split(", ", -1)) {
                actors.add(actor);
                if (isClass(actor)) {
                    names.add(new Named(actor, number));
                }
            }
        } else if (line.startsWith("== ")) {
            steps.add(new Step(0, 0, false, "", "", line.substring("== ".length())));
        } else {
            steps.add(step(line, number));
        }
    }

    private Step step(String line, int number) {
        Matcher match = STEP.matcher(line);
        if (!match.matches()) {
            throw new IllegalArgumentException("line " + number + " is no step: " + line);
        }
        int from = indexOf(match.group(1), number);
        int to = indexOf(match.group(3), number);
        String method = match.group(4) == null ? "" : match.group(4);
        if (!method.isEmpty()) {
            boolean ofTarget = !method.contains(".") && isClass(actors.get(to));
            names.add(new Named(ofTarget ? actors.get(to) + "." + method : method, number));
        }
        return new Step(from, to, match.group(2).length() == 2, method, match.group(5), null);
    }

    private static boolean isClass(String actor) {
        return Character.isUpperCase(actor.charAt(0));
    }

    private int indexOf(String actor, int line) {
        int index = actors.indexOf(actor);
        if (index < 0) {
            throw new IllegalArgumentException("line " + line + " has no such actor: " + actor);
        }
        return index;
    }

    /** The picture. */
    String draw() {
        double[] columns = columns();
        double bottom = MARGIN + BOX_HEIGHT + (steps.size() + 1) * ROW;
        double right = right(columns);
        Svg svg = new Svg();
        for (int i = 0; i < columns.length; i++) {
            double top = MARGIN + BOX_HEIGHT;
            svg.line(columns[i], top, columns[i], bottom, "stroke=\"#aaa\"");
        }
        for (int i = 0; i < columns.length; i++) {
            double width = Svg.widthOf(actors.get(i)) + 16;
            String fill = isClass(actors.get(i)) ? "#dce9f7" : "#eee";
            svg.box(columns[i] - width / 2, MARGIN, width, BOX_HEIGHT, fill, actors.get(i));
        }
        double y = MARGIN + BOX_HEIGHT + ROW;
        for (Step step : steps) {
            draw(step, svg, columns, y, right);
            y += ROW;
        }
        return svg.document(right, bottom + MARGIN, title);
    }

    private static void draw(Step step, Svg svg, double[] columns, double y, double right) {
        if (step.heading() != null) {
            svg.line(MARGIN, y, right - MARGIN, y, "stroke=\"#555\" stroke-dasharray=\"2 3\"");
            svg.textOverLines(MARGIN + 10, y + 4, "start", step.heading());
            return;
        }
        double from = columns[step.from()];
        double to = columns[step.to()];
        String start = "M" + Svg.number(from) + " ";
        if (step.from() == step.to()) {
            String side = Svg.number(from + SELF);
            String low = Svg.number(y + 8);
            String high = Svg.number(y - 4);
            String path = start + high + " L" + side + " " + high + " L" + side + " " + low;
            svg.arrow(path + " L" + Svg.number(from) + " " + low, "#333", step.answer());
            svg.textOverLines(from + SELF + 6, y, "start", step.method());
            svg.textOverLines(from + SELF + 6, y + 14, "start", step.words());
        } else {
            String level = Svg.number(y);
            svg.arrow(start + level + " L" + Svg.number(to) + " " + level, "#333", step.answer());
            svg.textOverLines((from + to) / 2, y - 5, "middle", step.method());
            svg.textOverLines((from + to) / 2, y + 14, "middle", step.words());
        }
    }

    /** As near to each other as labels and names let them. */
    private double[] columns() {
        double[] columns = new double[actors.size()];
        columns[0] = MARGIN + Math.max(COLUMN, Svg.widthOf(actors.get(0)) + 16) / 2;
        for (int i = 1; i < columns.length; i++) {
            double half = (Svg.widthOf(actors.get(i - 1)) + Svg.widthOf(actors.get(i))) / 2;
            columns[i] = columns[i - 1] + Math.max(COLUMN, half + 36);
            for (Step step : steps) {
                int left = Math.min(step.from(), step.to());
                int last = Math.max(step.from(), step.to());
                double room = step.width() + 24;
                if (last == i && left < i) {
                    columns[i] = Math.max(columns[i], columns[left] + room);
                } else if (left == i - 1 && last == left && step.heading() == null) {
                    columns[i] = Math.max(columns[i], columns[left] + room + SELF);
                }
            }
        }
        return columns;
    }

    private double right(double[] columns) {
        int last = columns.length - 1;
        double right = columns[last] + Svg.widthOf(actors.get(last)) / 2 + 8;
        for (Step step : steps) {
            if (step.heading() == null && step.from() == last && step.to() == last) {
                right = Math.max(right, columns[last] + SELF + 10 + step.width());
            }
        }
        return right + MARGIN;
    }
}
