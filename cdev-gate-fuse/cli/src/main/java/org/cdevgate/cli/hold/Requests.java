package org.cdevgate.cli.hold;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.cdevgate.cli.device.MetCall;
import org.cdevgate.cli.device.PluggedDevice;
import org.cdevgate.cli.device.Unplugging;
import org.cdevgate.cli.protocol.Refusal;
import org.cdevgate.cli.protocol.Request;
import org.cdevgate.cli.timeline.RemovalRecord;
import org.cdevgate.drivers.filter.FaultPlan;
import org.cdevgate.drivers.filter.UnplugAtCall;
import org.cdevgate.drivers.filter.UnplugPlan;
import org.cdevgate.drivers.spec.InvalidSpecException;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.diagnostics.RemovalTimeline;
import org.cdevgate.gate.removal.RemovalOutcome;
import org.jspecify.annotations.Nullable;

/** Meets requests about devices. */
final class Requests {
    /** How long somebody waits who does not say. */
    static final Duration STANDARD = Duration.ofSeconds(10);

    private static final Map<String, Handler> HANDLERS = new LinkedHashMap<>();

    static {
        HANDLERS.put("devices", Requests::devices);
        HANDLERS.put("unplug", Requests::unplug);
        HANDLERS.put("plug", Requests::plug);
        HANDLERS.put("report", Requests::report);
        HANDLERS.put("calls", Requests::calls);
        HANDLERS.put("await", Requests::await);
        HANDLERS.put("fault", Requests::fault);
        HANDLERS.put("plan", Requests::plan);
        HANDLERS.put("clear", Requests::clear);
        HANDLERS.put("timeline", Requests::timeline);
    }

    /** What is asked for, as far as one may have to wait for it. */
    @FunctionalInterface
    interface Waiting {
        Map<String, Object> result() throws Refusal, InterruptedException;
    }

    @FunctionalInterface
    private interface Handler {
        Waiting begin(Requests requests, Request request) throws Refusal;
    }

    private final Holder holder;

    Requests(Holder holder) {
        this.holder = holder;
    }

    static List<String> names() {
        return List.copyOf(HANDLERS.keySet());
    }

    /**
     * Begins what is asked for: a removal, say, has begun when this returns, whoever waits for its
     * end.
     */
    Waiting begin(String verb, Request request) throws Refusal {
        return Objects.requireNonNull(HANDLERS.get(verb), verb).begin(this, request);
    }

    private HeldDevice device(Request request) throws Refusal {
        return holder.device(request.text("device"));
    }

    private static Map<String, Object> of(HeldDevice held, String field, Object value) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("device", held.name());
        result.put(field, value);
        return result;
    }

    private static Waiting done(Map<String, Object> result) {
        return () -> result;
    }

    private Waiting devices(Request request) throws Refusal {
        request.allow();
        List<Map<String, Object>> all = new ArrayList<>();
        for (HeldDevice each : holder.devices()) {
            Map<String, Object> device = new LinkedHashMap<>();
            device.put("name", each.name());
            device.put("path", holder.path(each));
            device.put("state", each.state());
            device.put("openFiles", each.gate().openFiles().size());
            device.put("calls", each.device().calls());
            device.put("interventions", each.interventions().count());
            all.add(device);
        }
        return done(Map.of("devices", all));
    }

    private Waiting unplug(Request request) throws Refusal {
        request.allow("device", "timeout", "replug");
        Duration timeout = timeout(request);
        Duration replug = request.time("replug");
        HeldDevice held = device(request);
        PluggedDevice device = held.device();
        boolean already = !device.isPlugged();
        CompletableFuture<RemovalOutcome> removal = device.unplug("a request", replug);
        return () -> {
            RemovalWait.await(held, removal, timeout);
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("device", held.name());
            result.put("already", already);
            RemovalRecord record = held.lastRemoval();
            if (record != null) {
                RemovalTimeline timeline = record.timeline();
                result.put("drainMicros", (timeline.endNanos() - timeline.startNanos()) / 1_000);
            }
            List<Unplugging> all = device.unpluggings();
            result.put("inFlight", all.isEmpty() ? List.of() : last(all));
            return result;
        };
    }

    private static List<String> last(List<Unplugging> all) {
        return all.get(all.size() - 1).inFlight().stream().map(MetCall::toString).toList();
    }

    private static Duration timeout(Request request) throws Refusal {
        Duration given = request.time("timeout");
        return given == null ? STANDARD : given;
    }

    private Waiting plug(Request request) throws Refusal {
        request.allow("device");
        HeldDevice held = device(request);
        switch (held.state()) {
            case "plugged" ->
                    throw new Refusal(
                            Refusal.Code.PLUGGED,
                            held.name() + " is plugged in already; unplug it first");
            case "going" ->
                    throw new Refusal(
                            Refusal.Code.GOING,
                            held.name()
                                    + " is still going: "
                                    + RemovalWait.culprits(held.gate().report())
                                    + "; ask for unplug, which waits for the end");
            default -> {}
        }
        try {
            held.device().plug();
        } catch (IOException | IllegalStateException e) {
            throw new Refusal(
                    Refusal.Code.FAILED, held.name() + " cannot be plugged in: " + e.getMessage());
        }
        return done(of(held, "path", holder.path(held)));
    }

    private Waiting report(Request request) throws Refusal {
        request.allow("device");
        HeldDevice held = device(request);
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("device", held.name());
        result.put("state", held.state());
        result.put("inFlight", InFlight.of(held.gate()));
        result.put("text", InFlight.text(held.gate()));
        return done(result);
    }

    private Waiting calls(Request request) throws Refusal {
        request.allow("device");
        HeldDevice held = device(request);
        PluggedDevice device = held.device();
        List<Map<String, Object>> counts = new ArrayList<>();
        device.log()
                .counts()
                .forEach(
                        (kind, count) -> {
                            Map<String, Object> each = new LinkedHashMap<>();
                            each.put("call", kind.call());
                            each.put("answer", kind.answer());
                            each.put("count", count);
                            counts.add(each);
                        });
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("device", held.name());
        result.put("total", device.log().calls());
        result.put("refused", device.refused());
        result.put("openFiles", held.gate().openFiles().size());
        result.put("counts", counts);
        result.put("last", device.log().last());
        return done(result);
    }

    private Waiting await(Request request) throws Refusal {
        request.allow("device", "for", "call", "count", "timeout");
        Duration timeout = timeout(request);
        Condition condition = Condition.of(holder, device(request), request);
        return () -> {
            condition.await(timeout);
            return Map.of();
        };
    }

    private Waiting fault(Request request) throws Refusal {
        request.allow("device", "fault");
        HeldDevice held = device(request);
        String text = request.required("fault", "errno=EIO,on=read#3");
        try {
            return added(held, held.interventions().add(FaultPlan.parse(text).filter()));
        } catch (InvalidSpecException e) {
            throw new Refusal(Refusal.Code.BAD_REQUEST, String.valueOf(e.getMessage()));
        }
    }

    private Waiting plan(Request request) throws Refusal {
        request.allow("device", "plan");
        HeldDevice held = device(request);
        String text = request.required("plan", "at-call=7,then=replug:1s");
        UnplugPlan plan;
        try {
            plan = UnplugPlan.parse(text);
        } catch (InvalidSpecException e) {
            throw new Refusal(Refusal.Code.BAD_REQUEST, String.valueOf(e.getMessage()));
        }
        if (plan.match() == null || plan.moment() == null) {
            throw new Refusal(
                    Refusal.Code.BAD_REQUEST,
                    "plan "
                            + Refusal.quoted(text)
                            + " is about a time; ask for unplug when that has come, or give"
                            + " --unplug when the holder starts");
        }
        UnplugAtCall filter =
                new UnplugAtCall(
                        plan.match(),
                        plan.moment(),
                        hit -> unplug(held.device(), hit, text, plan.replug()));
        return added(held, held.interventions().add(filter));
    }

    /** It may come true for a gate that is gone already; the next one is not meant. */
    private static void unplug(
            PluggedDevice device, FopsGate hit, String cause, @Nullable Duration replug) {
        if (hit == device.gate()) {
            CompletableFuture<?> unused = device.unplug(cause, replug); // nobody waits for its end
        }
    }

    private static Waiting added(HeldDevice held, boolean added) throws Refusal {
        if (!added) {
            throw new Refusal(
                    Refusal.Code.TOO_MANY,
                    held.name()
                            + " has "
                            + Interventions.MOST
                            + " faults and plans, which is the most; clear them first");
        }
        return done(of(held, "interventions", held.interventions().count()));
    }

    private Waiting clear(Request request) throws Refusal {
        request.allow("device");
        HeldDevice held = device(request);
        return done(of(held, "cleared", held.interventions().clear()));
    }

    private Waiting timeline(Request request) throws Refusal {
        request.allow("device", "form");
        HeldDevice held = device(request);
        RemovalRecord removal = held.lastRemoval();
        if (removal == null) {
            throw new Refusal(
                    Refusal.Code.NO_REMOVAL,
                    held.name() + " was never unplugged; ask for unplug first");
        }
        String form = request.required("form", "svg");
        RemovalTimeline timeline = removal.timeline();
        String text =
                switch (form) {
                    case "svg" -> timeline.toSvg();
                    case "json" -> timeline.toChromeTrace();
                    default ->
                            throw new Refusal(
                                    Refusal.Code.BAD_REQUEST,
                                    "form "
                                            + Refusal.quoted(form)
                                            + " is not known; give svg or json");
                };
        return done(of(held, "text", text));
    }
}
