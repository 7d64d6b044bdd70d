package org.cdevgate.gate.diagnostics;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.cdevgate.gate.diagnostics.PictureLane.Bar;
import org.cdevgate.gate.diagnostics.PictureLane.Dot;
import org.cdevgate.internal.Texts;

/**
 * Draws timelines: for each a panel with a lane for each thread that removed, and then one for each
 * caller of a call. The phases are drawn through all lanes.
 */
final class SvgPicture {
    private static final int WIDTH = 1040;
    private static final int LEFT = 200;
    private static final int RIGHT = WIDTH - 20;
    private static final int ROW = 22;
    private static final int BAR = 16;
    private static final int HEAD = 52;
    private static final int FOOT = 48;

    /** So many lanes, and rows of a lane, are drawn. */
    private static final int MOST_LANES = 60;

    private static final int MOST_ROWS = 20;
    private static final double LETTER = 6.6;
    private static final double THINNEST = 2;

    private static final String STYLE =
            """
            <style>
            text { font: 11px ui-monospace, "DejaVu Sans Mono", monospace; fill: #222 }
            .head { font-size: 14px; font-weight: bold }
            .small { font-size: 10px; fill: #666 }
            .paper { fill: #fff }
            rect { stroke: #fff; stroke-width: 0.5 }
            .edge { stroke: #bbb; stroke-dasharray: 2 3 }
            .rule { stroke: #ddd }
            .phase { fill: #8fb8de }
            .drain { fill: #f2c14e }
            .call { fill: #9fd3a8 }
            .stays { fill: #e79a92 }
            .mark { fill: #7a4fa3 }
            </style>
            """;

    private final SvgWriter svg = new SvgWriter();
    private double top = 8;

    private SvgPicture() {}

    static String of(List<RemovalTimeline> timelines) {
        SvgPicture picture = new SvgPicture();
        timelines.forEach(picture::draw);
        int height = (int) Math.ceil(picture.top);
        return String.format(
                        Locale.ROOT,
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\""
                                + " width=\"%d\" height=\"%d\">%n",
                        WIDTH,
                        height,
                        WIDTH,
                        height)
                + STYLE
                + "<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n"
                + picture.svg
                + "</svg>\n";
    }

    private void draw(RemovalTimeline timeline) {
        PictureAxis axis = new PictureAxis(timeline, LEFT, RIGHT);
        Map<String, PictureLane> lanes = lanes(timeline, axis);
        svg.text("head", 12, top + 16, heading(timeline));
        svg.text("small", 12, top + 32, "began " + timeline.startedAt());
        double first = top + HEAD;
        double last = first + height(lanes);
        drawChanges(axis, first, last);
        double at = first;
        int drawn = 0;
        for (PictureLane lane : lanes.values()) {
            if (drawn++ == MOST_LANES) {
                svg.text("small", 12, at + 14, "and " + (lanes.size() - MOST_LANES) + " more");
                break;
            }
            at = draw(lane, at);
        }
        String missing = missing(timeline);
        if (!missing.isEmpty()) {
            svg.text("small", 12, last + 38, missing);
        }
        top = last + FOOT;
    }

    private static String heading(RemovalTimeline timeline) {
        return timeline.toString();
    }

    private static String missing(RemovalTimeline timeline) {
        RemovalTimeline.LeftOut out = timeline.leftOut();
        return out.calls() + out.phases() + out.marks() == 0
                ? ""
                : "left out: "
                        + out.calls()
                        + " calls, "
                        + out.phases()
                        + " phases, "
                        + out.marks()
                        + " instants";
    }

    private static double height(Map<String, PictureLane> lanes) {
        double rows =
                lanes.values().stream()
                        .limit(MOST_LANES)
                        .mapToInt(lane -> Math.min(MOST_ROWS, lane.rows().size()))
                        .sum();
        return (rows + (lanes.size() > MOST_LANES ? 1 : 0)) * ROW;
    }

    private static Map<String, PictureLane> lanes(RemovalTimeline timeline, PictureAxis axis) {
        Map<String, PictureLane> lanes = new LinkedHashMap<>();
        for (RemovalTimeline.PhaseSlice each : timeline.phases()) {
            String time = Texts.time(Duration.ofNanos(each.durationNanos()));
            lane(lanes, each.threadName())
                    .add(
                            new Bar(
                                    each.phase() == RemovalPhase.DRAIN ? "drain" : "phase",
                                    each.phase().toString(),
                                    each.phase() + (each.ended() ? ": " : " goes on: ") + time,
                                    axis.place(each.startNanos()),
                                    axis.place(each.endNanos()),
                                    !each.ended()));
        }
        for (RemovalTimeline.Mark each : timeline.marks()) {
            String more = each.what() + (each.detail() == null ? "" : ": " + each.detail());
            lane(lanes, each.threadName()).add(new Dot(more, axis.place(each.nanos())));
        }
        for (RemovalTimeline.CallSlice each : timeline.calls()) {
            boolean open = each.end() == RemovalTimeline.End.STILL_RUNNING;
            String label =
                    each.answer() == null ? each.verb() : each.verb() + " = " + each.answer();
            lane(lanes, laneOf(each))
                    .add(
                            new Bar(
                                    open ? "stays" : "call",
                                    label,
                                    label + more(each, timeline),
                                    axis.place(each.startNanos()),
                                    axis.place(each.endNanos()),
                                    open));
        }
        return lanes;
    }

    private static PictureLane lane(Map<String, PictureLane> lanes, String name) {
        return lanes.computeIfAbsent(name, PictureLane::new);
    }

    private static String laneOf(RemovalTimeline.CallSlice call) {
        if (call.caller() != null) {
            return call.caller();
        }
        return call.threadName() == null ? "callers" : call.threadName();
    }

    private static String more(RemovalTimeline.CallSlice call, RemovalTimeline timeline) {
        String time = Texts.time(Duration.ofNanos(call.durationNanos()));
        String at = Texts.time(Duration.ofNanos(call.endNanos() - timeline.startNanos()));
        return (call.startExact() ? ", took " : ", took at least ")
                + time
                + switch (call.end()) {
                    case EXACT -> ", ended " + at + " after the flag";
                    case AT_THE_LATEST -> ", ended at the latest " + at + " after the flag";
                    case STILL_RUNNING -> ", still running";
                };
    }

    /** A line where a phase begins, and when that was. */
    private void drawChanges(PictureAxis axis, double first, double last) {
        List<Long> changes = axis.changes();
        svg.text("small", LEFT, first - 6, "before");
        for (int i = 0; i < changes.size(); i++) {
            double place = axis.placeOfChange(i);
            svg.line("edge", place, first, place, last + 6);
            svg.text("small", place + 2, last + (i % 2 == 0 ? 12 : 24), millis(changes.get(i)));
        }
    }

    private static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.3f ms", nanos / 1e6);
    }

    private double draw(PictureLane lane, double from) {
        List<List<Bar>> rows = lane.rows();
        int shown = Math.min(MOST_ROWS, rows.size());
        svg.line("rule", 12, from, RIGHT, from);
        String more = shown < rows.size() ? " (" + (rows.size() - shown) + " rows more)" : "";
        svg.text("name", 12, from + 15, cut(lane.name() + more, (LEFT - 16) / LETTER));
        for (int row = 0; row < shown; row++) {
            List<Bar> bars = rows.get(row);
            for (int i = 0; i < bars.size(); i++) {
                double next = i + 1 < bars.size() ? bars.get(i + 1).from() : RIGHT;
                draw(bars.get(i), from + row * ROW, next);
            }
        }
        for (Dot dot : lane.dots()) {
            svg.circle("mark", dot.at(), from + ROW / 2.0, 3, dot.more());
        }
        return from + shown * ROW;
    }

    private void draw(Bar bar, double y, double next) {
        double width = Math.max(THINNEST, bar.to() - bar.from());
        svg.box(bar.kind(), bar.from(), y + 3, width, BAR, bar.more());
        double length = bar.label().length() * LETTER;
        double inside = bar.from() + 3;
        double beside = bar.from() + width + 3;
        if (length + 6 <= width || beside + length > next) {
            // Where there is no room at all the label is told by the pointer alone.
            if (inside + length <= next) {
                svg.text("name", inside, y + 15, bar.label());
            }
        } else {
            svg.text("name", beside, y + 15, bar.label());
        }
    }

    private static String cut(String text, double letters) {
        return text.length() <= letters ? text : text.substring(0, (int) letters - 1) + "…";
    }
}
