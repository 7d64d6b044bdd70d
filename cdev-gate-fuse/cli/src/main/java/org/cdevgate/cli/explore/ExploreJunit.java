package org.cdevgate.cli.explore;

import java.io.StringWriter;
import java.util.Locale;
import java.util.Set;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** An exploration for JUnit's readers: a test case for each run. */
public final class ExploreJunit {
    private static final double NANOS_PER_SECOND = 1e9;

    private ExploreJunit() {}

    /**
     * A test suite.
     *
     * @param failOn the outcomes that are failures
     */
    public static String of(Exploration exploration, Set<Outcome> failOn) {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newFactory().createXMLStreamWriter(text);
            xml.writeStartDocument("UTF-8", "1.0");
            xml.writeCharacters("\n");
            xml.writeStartElement("testsuite");
            xml.writeAttribute("name", "cdev-gate explore");
            xml.writeAttribute("tests", String.valueOf(exploration.findings().size()));
            xml.writeAttribute("errors", "0");
            xml.writeAttribute("failures", count(exploration, failOn));
            xml.writeAttribute("skipped", count(exploration, Set.of(Outcome.NOT_REACHED)));
            xml.writeAttribute("time", seconds(exploration.nanos()));
            String program = fit(String.join(" ", exploration.plan().program()));
            Replay replay = new Replay(exploration.plan());
            for (Finding each : exploration.findings()) {
                xml.writeCharacters("\n  ");
                xml.writeStartElement("testcase");
                xml.writeAttribute("classname", program);
                xml.writeAttribute("name", each.point().device() + " " + each.point().place());
                xml.writeAttribute("time", seconds(each.nanos()));
                write(xml, each, replay, failOn.contains(each.outcome()));
                xml.writeEndElement();
            }
            xml.writeCharacters("\n");
            xml.writeEndDocument();
            xml.writeCharacters("\n");
            xml.flush();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("a string takes all", e);
        }
        return text.toString();
    }

    private static void write(XMLStreamWriter xml, Finding finding, Replay replay, boolean failed)
            throws XMLStreamException {
        String message = finding.outcome().inWords() + ", " + finding.ending();
        if (failed) {
            xml.writeStartElement("failure");
            xml.writeAttribute("type", finding.outcome().word());
            xml.writeAttribute("message", fit(message));
            xml.writeCharacters(fit(replay.of(finding)));
            xml.writeEndElement();
            return;
        }
        if (finding.outcome() == Outcome.NOT_REACHED) {
            xml.writeEmptyElement("skipped");
            xml.writeAttribute("message", "the run did not make this call");
            return;
        }
        xml.writeStartElement("system-out");
        String word = finding.word() == null ? "" : ": " + finding.word();
        xml.writeCharacters(fit(message + word + "\n" + replay.of(finding)));
        xml.writeEndElement();
    }

    private static String count(Exploration exploration, Set<Outcome> outcomes) {
        return String.valueOf(
                exploration.findings().stream()
                        .filter(each -> outcomes.contains(each.outcome()))
                        .count());
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.3f", nanos / NANOS_PER_SECOND);
    }

    /** What XML cannot hold is replaced. */
    private static String fit(String text) {
        return text.codePoints()
                .map(
                        c ->
                                c == '\n' || c == '\t' || (c >= ' ' && c < 0xfffe) || c > 0xffff
                                        ? c
                                        : '?')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
