package org.cdevgate.gate.diagnostics.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A Chrome trace as a viewer reads it: names by id, and slices that must nest on each track. */
final class TraceView {
    private static final JsonMapper STRICT =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .build();

    /** A slice; times in nanoseconds of the trace. */
    record Slice(String name, String process, String track, long ts, long dur, JsonNode args) {
        long end() {
            return ts + dur;
        }
    }

    private final List<JsonNode> events = new ArrayList<>();
    private final Map<Long, String> processes = new HashMap<>();
    private final Map<Long, String> tracks = new HashMap<>();

    TraceView(String json) throws JsonProcessingException {
        assertTrue(
                json.chars().allMatch(unit -> unit < 0x80), "its meaning depends on the encoding");
        JsonNode root = STRICT.readTree(json);
        root.get("traceEvents").forEach(events::add);
        for (JsonNode event : events) {
            if (event.get("ph").asText().equals("M")) {
                name(event);
            } else {
                assertTrue(
                        event.get("ts").decimalValue().signum() >= 0,
                        "viewers drop what is before their time: " + event);
            }
        }
    }

    private void name(JsonNode event) {
        String name = event.get("args").get("name").textValue();
        String of = event.get("name").textValue();
        boolean isNew =
                of.equals("process_name")
                        ? processes.put(event.get("pid").longValue(), name) == null
                        // By the thread's id alone, as Perfetto does.
                        : tracks.put(event.get("tid").longValue(), name) == null;
        assertTrue(isNew, "one name hides another: " + event);
    }

    List<Slice> slices() {
        return events("X").stream()
                .map(
                        event ->
                                new Slice(
                                        event.get("name").textValue(),
                                        processes.get(event.get("pid").longValue()),
                                        tracks.get(event.get("tid").longValue()),
                                        nanos(event.get("ts")),
                                        nanos(event.get("dur")),
                                        event.get("args")))
                .toList();
    }

    /** The slices that belong to no thread, from their two ends. */
    List<Slice> asynchronous() {
        Map<String, JsonNode> ends = new HashMap<>();
        for (JsonNode end : events("e")) {
            assertTrue(ends.put(end.get("id").textValue(), end) == null, "two ends: " + end);
        }
        List<Slice> slices = new ArrayList<>();
        for (JsonNode begin : events("b")) {
            JsonNode end = ends.remove(begin.get("id").textValue());
            assertEquals(begin.get("name"), end.get("name"));
            assertEquals(begin.get("cat"), end.get("cat"));
            long ts = nanos(begin.get("ts"));
            slices.add(
                    new Slice(
                            begin.get("name").textValue(),
                            processes.get(begin.get("pid").longValue()),
                            null,
                            ts,
                            nanos(end.get("ts")) - ts,
                            begin.get("args")));
        }
        assertEquals(Map.of(), ends, "ends without a beginning");
        return slices;
    }

    Slice slice(String name) {
        List<Slice> found = slices().stream().filter(each -> each.name().equals(name)).toList();
        assertEquals(1, found.size(), "slices named " + name);
        return found.get(0);
    }

    List<JsonNode> events(String kind) {
        return events.stream().filter(event -> event.get("ph").asText().equals(kind)).toList();
    }

    String trackOf(JsonNode event) {
        return tracks.get(event.get("tid").longValue());
    }

    Set<String> processNames() {
        return new HashSet<>(processes.values());
    }

    static long nanos(JsonNode micros) {
        return micros.decimalValue().multiply(BigDecimal.valueOf(1000)).longValueExact();
    }

    /** Fails if two slices of a track overlap and neither holds the other, in the file's order. */
    void assertNests() {
        Map<String, List<Slice>> open = new HashMap<>();
        for (Slice slice : slices()) {
            List<Slice> stack =
                    open.computeIfAbsent(
                            slice.process() + "/" + slice.track(), k -> new ArrayList<>());
            while (!stack.isEmpty() && stack.get(stack.size() - 1).end() <= slice.ts()) {
                stack.remove(stack.size() - 1);
            }
            if (!stack.isEmpty()) {
                Slice outer = stack.get(stack.size() - 1);
                assertTrue(
                        outer.ts() <= slice.ts() && slice.end() <= outer.end(),
                        "a viewer refuses " + slice + " in " + outer);
            }
            stack.add(slice);
        }
    }
}
