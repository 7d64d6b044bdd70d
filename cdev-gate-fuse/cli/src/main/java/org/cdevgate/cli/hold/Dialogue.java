package org.cdevgate.cli.hold;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cdevgate.cli.protocol.LineReader;
import org.cdevgate.cli.protocol.Refusal;
import org.cdevgate.cli.protocol.Request;
import org.cdevgate.drivers.spec.Nearest;
import org.jspecify.annotations.Nullable;

/**
 * A holder's requests for people: words instead of JSON, one request after the other. None of them
 * writes a file: this process must not go into its own mount, where one could be.
 */
public final class Dialogue {
    private static final String HELP =
            """
            ls                       the devices
            unplug [NAME] [TIME]     unplugs it; waits for so long (10s) for calls inside
            plug [NAME]              plugs it in again
            report [NAME]            who is inside
            calls [NAME]             what was called, and what it got
            fault [NAME] FAULT       short=1, errno=EIO, delay=50ms or stall, with ,on=read#3
            plan [NAME] PLAN         at-call=7, on=read#3 or random,seed=42, with ,then=replug:1s
            clear [NAME]             ends these faults and plans
            quit                     unplugs everything and ends; so does the end of input
            """;

    /** With the name of their last word, if they have one besides the device. */
    private static final Map<String, String> LAST_WORD =
            Map.of("unplug", "timeout", "fault", "fault", "plan", "plan");

    private static final List<String> VERBS =
            List.of(
                    "ls", "unplug", "plug", "report", "calls", "fault", "plan", "clear", "help",
                    "quit");

    private final Holder holder;
    private final Requests requests;
    private final LineReader in;
    private final PrintWriter out;

    /** Between a holder and a person. */
    public Dialogue(Holder holder, InputStream in, PrintWriter out) {
        this.holder = holder;
        this.requests = new Requests(holder);
        this.in = new LineReader(in, Request.MOST_BYTES);
        this.out = out;
    }

    /** Until somebody quits, or the input ends. */
    public void run() throws IOException, InterruptedException {
        out.println(holder.places());
        out.println("help tells what can be done here; from other shells: cdev-gate ls");
        out.flush();
        boolean more = true;
        while (more) {
            try {
                String line = in.next();
                more = line != null && meet(line.strip());
            } catch (Refusal e) {
                out.println(e.getMessage());
                Object report = e.more().get("report");
                if (report != null) {
                    out.print(report);
                }
            }
            out.flush();
        }
    }

    private boolean meet(String line) throws Refusal, InterruptedException {
        if (line.isEmpty()) {
            return true;
        }
        List<String> words = Arrays.asList(line.split("\\s+"));
        String verb = words.get(0);
        switch (verb) {
            case "quit" -> {
                return false;
            }
            case "help" -> out.print(HELP);
            case "ls" -> HolderText.devices(result("devices", Map.of()), out, "");
            default -> {
                if (!VERBS.contains(verb)) {
                    throw new Refusal(
                            Refusal.Code.UNKNOWN_REQUEST,
                            Refusal.quoted(verb)
                                    + " is not known"
                                    + Nearest.hint(verb, VERBS)
                                    + "; help tells what is");
                }
                tell(verb, fields(verb, words.subList(1, words.size())));
            }
        }
        return true;
    }

    /** The device, which may be left out if there is one, and the last word. */
    private Map<String, @Nullable Object> fields(String verb, List<String> words) throws Refusal {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        int at = 0;
        List<String> names = holder.devices().stream().map(HeldDevice::name).toList();
        boolean hasLast = LAST_WORD.containsKey(verb);
        if (at < words.size() && (names.contains(words.get(at)) || !hasLast || words.size() > 1)) {
            fields.put("device", words.get(at++));
        }
        if (hasLast && at < words.size()) {
            fields.put(LAST_WORD.get(verb), words.get(at++));
        }
        if (at < words.size()) {
            throw new Refusal(
                    Refusal.Code.BAD_REQUEST,
                    Refusal.quoted(words.get(at)) + " is too much; see help");
        }
        return fields;
    }

    private Map<String, Object> result(String verb, Map<String, ?> fields)
            throws Refusal, InterruptedException {
        return requests.begin(verb, new Request(new LinkedHashMap<>(fields))).result();
    }

    private void tell(String verb, Map<String, @Nullable Object> fields)
            throws Refusal, InterruptedException {
        Map<String, Object> result = result(verb, fields);
        switch (verb) {
            case "unplug" -> HolderText.unplugged(result, out);
            case "plug" -> out.println(result.get("device") + " is " + result.get("path"));
            case "report" -> HolderText.report(result, out);
            case "calls" -> HolderText.calls(result, out);
            case "clear" -> out.println(result.get("cleared") + " cleared");
            default -> out.println("from the next call on");
        }
    }
}
