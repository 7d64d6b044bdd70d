package org.cdevgate.cli.account;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;

/** An account as JSON; keys as the components of {@link Account} are named. */
public final class AccountJson {
    private AccountJson() {}

    public static String of(Account account) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.useDefaultPrettyPrinter();
            write(account, json);
        } catch (IOException e) {
            throw new UncheckedIOException("a string takes all", e);
        }
        return text.append('\n').toString();
    }

    private static void write(Account account, JsonGenerator json) throws IOException {
        json.writeStartObject();
        strings("program", account.program(), json);
        json.writeStringField("ending", account.ending().name().toLowerCase(Locale.ROOT));
        json.writeNumberField("exitCode", account.exitCode());
        json.writeNumberField("commandExitCode", account.commandExitCode());
        json.writeNumberField("millis", account.millis());
        json.writeArrayFieldStart("devices");
        for (Account.OfDevice each : account.devices()) {
            write(each, json);
        }
        json.writeEndArray();
        json.writeNumberField("openFiles", account.openFiles());
        strings("left", account.left(), json);
        strings("unfired", account.unfired(), json);
        json.writeEndObject();
    }

    private static void write(Account.OfDevice device, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", device.name());
        json.writeNumberField("total", device.total());
        json.writeNumberField("refused", device.refused());
        json.writeArrayFieldStart("calls");
        for (Account.Calls each : device.calls()) {
            json.writeStartObject();
            json.writeStringField("call", each.call());
            json.writeStringField("answer", each.answer());
            json.writeNumberField("count", each.count());
            json.writeEndObject();
        }
        json.writeEndArray();
        strings("last", device.last(), json);
        json.writeArrayFieldStart("removals");
        for (Account.Removal each : device.removals()) {
            json.writeStartObject();
            json.writeStringField("plan", each.plan());
            json.writeNumberField("atMillis", each.atMillis());
            strings("inFlight", each.inFlight(), json);
            json.writeNumberField("drainMicros", each.drainMicros());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void strings(String name, List<String> values, JsonGenerator json)
            throws IOException {
        json.writeArrayFieldStart(name);
        for (String each : values) {
            json.writeString(each);
        }
        json.writeEndArray();
    }
}
