package org.cdevgate.cli.device;

import java.util.ArrayList;
import java.util.List;
import org.cdevgate.abi.Errno;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.CallInFlight;

/** The calls that a removal meets, for people. */
final class InFlight {
    private InFlight() {}

    /** Each as {@code read asleep, gets ENODEV}; before the flag. */
    static List<String> of(FopsGate gate) {
        List<String> calls = new ArrayList<>();
        for (CallInFlight each : gate.callsInFlight()) {
            if (each.hasFile()) {
                boolean asleep = each.isThreadless() || each.waitingOn() != null;
                calls.add(each.verb() + (asleep ? " asleep, gets " + answer(gate, each) : ""));
            }
        }
        return calls;
    }

    private static String answer(FopsGate gate, CallInFlight call) {
        int answer = gate.removalProfile().blocked(call.verb());
        return answer < 0 ? Errno.describe(-answer) : String.valueOf(answer);
    }
}
