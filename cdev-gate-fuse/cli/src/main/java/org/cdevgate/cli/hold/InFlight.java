package org.cdevgate.cli.hold;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.CallInFlight;
import org.cdevgate.gate.removal.RemovalReport;

/** The calls that are inside a device, and those that sleep in it without a thread. */
final class InFlight {
    private static final int MOST = 100;

    private InFlight() {}

    /** For programs; the first hundred. */
    static List<Map<String, Object>> of(FopsGate gate) {
        List<Map<String, Object>> calls = new ArrayList<>();
        for (CallInFlight each : first(gate.callsInFlight())) {
            Map<String, Object> call = new LinkedHashMap<>();
            call.put("call", each.verb().toString());
            call.put("pid", each.pid());
            call.put("asleep", isAsleep(each));
            call.put("text", each.toString());
            calls.add(call);
        }
        return calls;
    }

    private static List<CallInFlight> first(List<CallInFlight> all) {
        return all.subList(0, Math.min(MOST, all.size()));
    }

    /** For people: what a removal would wait for, with stacks, and whom it would only wake. */
    static String text(FopsGate gate) {
        RemovalReport report = gate.report();
        List<CallInFlight> sleepers =
                gate.callsInFlight().stream().filter(CallInFlight::isThreadless).toList();
        if (sleepers.isEmpty()) {
            return report.toString();
        }
        StringBuilder text = new StringBuilder();
        if (!report.culprits().isEmpty()) {
            text.append(report);
        }
        first(sleepers).forEach(each -> text.append("  ").append(each).append('\n'));
        if (sleepers.size() > MOST) {
            text.append("  and ").append(sleepers.size() - MOST).append(" more that sleep\n");
        }
        return text.toString();
    }

    /** Whether a removal wakes it. */
    static boolean isAsleep(CallInFlight call) {
        return call.isThreadless() || call.waitingOn() != null;
    }
}
