package org.cdevgate.gate.diagnostics.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.cdevgate.gate.diagnostics.RemovalPhase;
import org.cdevgate.gate.diagnostics.RemovalTimeline;
import org.cdevgate.gate.diagnostics.internal.TimelineRecorder.PhaseSpan;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** A removal drawn, and the picture read back as a browser would. */
class RemovalPictureTest {
    private final ManualClock clock = new ManualClock(Long.MAX_VALUE - 1_500);
    private final TimelineRecorder recorder =
            new TimelineRecorder("ttyS0", clock, Instant.parse("2024-05-06T12:00:00Z"));

    private void run(RemovalPhase phase, long nanos) {
        PhaseSpan span = recorder.begin(phase);
        clock.advance(nanos);
        span.end();
    }

    private static RemovalTimeline.CallSlice call(
            String verb, String caller, long start, long end, String answer) {
        return new RemovalTimeline.CallSlice(
                verb, caller, 0, null, start, true, end, RemovalTimeline.End.EXACT, answer);
    }

    private static Document read(String svg) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        return factory.newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
    }

    private static List<String> texts(Document picture, String tag) {
        NodeList found = picture.getElementsByTagName(tag);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < found.getLength(); i++) {
            texts.add(found.item(i).getTextContent());
        }
        return texts;
    }

    /** The bar whose explanation begins so. */
    private static Element bar(Document picture, String beginning) {
        NodeList found = picture.getElementsByTagName("rect");
        for (int i = 0; i < found.getLength(); i++) {
            if (found.item(i).getTextContent().startsWith(beginning)) {
                return (Element) found.item(i);
            }
        }
        throw new AssertionError("nothing in the picture begins with " + beginning);
    }

    private static double from(Element bar) {
        return Double.parseDouble(bar.getAttribute("x"));
    }

    private static double to(Element bar) {
        return from(bar) + Double.parseDouble(bar.getAttribute("width"));
    }

    private RemovalTimeline removal() {
        for (RemovalPhase phase : RemovalPhase.values()) {
            run(phase, phase == RemovalPhase.DRAIN ? 2_000_000_000L : 20_000);
        }
        recorder.finish();
        return recorder.timeline();
    }

    @Test
    void aPictureHasALaneForTheRemoverAndForEachProcessWithWhatItGot() throws Exception {
        RemovalTimeline timeline = removal();
        long flag = timeline.startNanos();
        Document picture =
                read(
                        timeline.withCalls(
                                        List.of(
                                                call(
                                                        "read",
                                                        "pid 7 (cat)",
                                                        flag - 9,
                                                        flag + 90_000,
                                                        "ENODEV"),
                                                call(
                                                        "poll",
                                                        "pid 8 (sh)",
                                                        flag - 9,
                                                        flag + 9,
                                                        "POLLHUP")))
                                .toSvg());
        List<String> texts = texts(picture, "text");
        for (String each :
                List.of(
                        Thread.currentThread().getName(),
                        "pid 7 (cat)",
                        "pid 8 (sh)",
                        "read = ENODEV",
                        "poll = POLLHUP")) {
            assertTrue(texts.contains(each), each + " is missing in " + texts);
        }
        for (RemovalPhase phase : RemovalPhase.values()) {
            assertTrue(texts.contains(phase.toString()), phase + " is not named in " + texts);
        }
    }

    @Test
    void aShortPhaseIsSeenBesideALongOne() throws Exception {
        Document picture = read(removal().toSvg());
        double before = 0;
        for (RemovalPhase phase : RemovalPhase.values()) {
            Element bar = bar(picture, phase + ": ");
            assertTrue(from(bar) >= before, phase + " is drawn before the one that comes first");
            assertTrue(to(bar) - from(bar) > 40, phase + " is too thin to be read");
            before = to(bar) - 0.2;
        }
        Element drain = bar(picture, "drain: ");
        Element wake = bar(picture, "wake: ");
        assertTrue(to(drain) - from(drain) > 2 * (to(wake) - from(wake)), "2 s look as 20 us");
    }

    @Test
    void aCallEndsWhereItsPhaseIs() throws Exception {
        RemovalTimeline timeline = removal();
        long inDrain = timeline.phases().get(3).startNanos() + 1_000;
        Document picture =
                read(
                        timeline.withCalls(
                                        List.of(
                                                call("read", "a", inDrain - 900, inDrain, "ENODEV"),
                                                call("read", "b", 0, inDrain + 900, "bytes")))
                                .toSvg());
        Element drain = bar(picture, "drain: ");
        assertTrue(to(bar(picture, "read = ENODEV")) > from(drain));
        assertTrue(to(bar(picture, "read = ENODEV")) < to(drain));
    }

    @Test
    void aRemovalThatGoesOnShowsWhatStays() throws Exception {
        run(RemovalPhase.FLAG, 10);
        recorder.call("ioctl", "pid 12", 9, "fuse-9");
        recorder.begin(RemovalPhase.DRAIN);
        clock.advance(5_000_000);
        Document picture = read(recorder.timeline().toSvg());
        assertEquals("stays", bar(picture, "ioctl, took at least").getAttribute("class"));
        assertTrue(texts(picture, "title").contains("drain goes on: 5 ms"));
    }

    @Test
    void aNameOfAProcessCannotBreakThePicture() throws Exception {
        RemovalTimeline timeline = removal();
        String hostile = "</text><script>\u0001 \"&\ud800";
        String svg = timeline.withCalls(List.of(call("read", hostile, 0, 0, "<b>"))).toSvg();
        assertTrue(texts(read(svg), "text").contains("</text><script>\ufffd \"&\ufffd"));
        assertFalse(svg.contains("<script"));
    }

    @Test
    void aPictureNeedsNothingFromElsewhere() {
        String svg = removal().toSvg();
        assertFalse(svg.replace("http://www.w3.org/2000/svg", "").contains("http"));
        assertFalse(svg.contains("url("));
    }

    @Test
    void thousandsOfCallsMakeNoPictureWithoutEnd() throws Exception {
        List<RemovalTimeline.CallSlice> many = new ArrayList<>();
        RemovalTimeline timeline = removal();
        for (int i = 0; i < 10_000; i++) {
            many.add(
                    call(
                            "read",
                            "pid " + i % 500,
                            timeline.startNanos(),
                            timeline.endNanos(),
                            "EIO"));
        }
        Document picture = read(timeline.withCalls(many).toSvg());
        int height = Integer.parseInt(picture.getDocumentElement().getAttribute("height"));
        assertTrue(height < 30_000, "a picture of " + height + " pixels");
        assertTrue(texts(picture, "text").contains("and 441 more"));
    }

    @Test
    void severalRemovalsStandBelowEachOther() throws Exception {
        RemovalTimeline first = removal();
        Document picture = read(RemovalTimeline.toSvg(List.of(first, first)));
        assertEquals(
                2,
                texts(picture, "text").stream().filter(each -> each.startsWith("ttyS0:")).count());
        assertThrows(IllegalArgumentException.class, () -> RemovalTimeline.toSvg(List.of()));
    }
}
