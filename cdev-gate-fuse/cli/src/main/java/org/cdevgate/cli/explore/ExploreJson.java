package org.cdevgate.cli.explore;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Map;

/** An exploration for programs. */
public final class ExploreJson {
    private static final double NANOS_PER_MILLI = 1e6;

    private ExploreJson() {}

    /** One object; its findings are in the order of the points. */
    public static String of(Exploration exploration) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            strings(json, "program", exploration.plan().program());
            RunResult base = exploration.base();
            json.writeObjectFieldStart("base");
            json.writeStringField("ending", base.isEnded() ? Judge.ending(base) : "alive");
            json.writeNumberField("calls", base.begun());
            json.writeNumberField("millis", base.nanos() / NANOS_PER_MILLI);
            json.writeEndObject();
            strings(json, "notes", exploration.notes());
            json.writeNumberField("points", exploration.points());
            json.writeNumberField("runMillis", exploration.runNanos() / NANOS_PER_MILLI);
            json.writeNumberField("millis", exploration.nanos() / NANOS_PER_MILLI);
            json.writeObjectFieldStart("outcomes");
            for (Map.Entry<Outcome, Long> each : exploration.counts().entrySet()) {
                json.writeNumberField(each.getKey().word(), each.getValue());
            }
            json.writeEndObject();
            json.writeArrayFieldStart("findings");
            Replay replay = new Replay(exploration.plan());
            for (Finding each : exploration.findings()) {
                finding(json, each, replay);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return text + "\n";
    }

    private static void strings(JsonGenerator json, String name, Iterable<String> values)
            throws IOException {
        json.writeArrayFieldStart(name);
        for (String each : values) {
            json.writeString(each);
        }
        json.writeEndArray();
    }

    private static void finding(JsonGenerator json, Finding finding, Replay replay)
            throws IOException {
        Point point = finding.point();
        json.writeStartObject();
        json.writeStringField("device", point.device());
        json.writeNumberField("number", point.number());
        json.writeStringField("place", point.place());
        json.writeStringField("outcome", finding.outcome().word());
        json.writeStringField("ending", finding.ending());
        if (finding.word() != null) {
            json.writeStringField("word", finding.word());
        }
        json.writeNumberField("millis", finding.nanos() / NANOS_PER_MILLI);
        json.writeStringField("replay", replay.of(finding));
        json.writeEndObject();
    }
}
