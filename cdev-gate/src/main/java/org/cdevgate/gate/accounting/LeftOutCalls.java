package org.cdevgate.gate.accounting;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one thread that a removal is not to wait for: those that the thread had in flight
 * when that was chosen. A call that it begins later is not among them, in whichever frame, so a
 * removal waits for it.
 */
public final class LeftOutCalls {
    /** None, of a thread that is not inside. */
    public static final LeftOutCalls NONE = new LeftOutCalls(List.of());

    private final List<PublishedCall> calls;

    private LeftOutCalls(List<PublishedCall> calls) {
        this.calls = calls;
    }

    /** The calls that a thread has in flight in some gates, if a removal need not wait for one. */
    public static LeftOutCalls of(CallRecord record, List<GateRef> gates) {
        List<PublishedCall> calls = new ArrayList<>();
        for (CallFrame call = record.outermost(); call != null; call = call.innerOrNull()) {
            long seen = call.published();
            if (isIn(gates, seen)) {
                calls.add(new PublishedCall(call, seen));
            }
        }
        return new LeftOutCalls(calls);
    }

    private static boolean isIn(List<GateRef> gates, long published) {
        for (GateRef gate : gates) {
            if (gate.isIn(published)) {
                return true;
            }
        }
        return false;
    }

    /** One that a removal has to wait for, because the removal itself runs it; null if none is. */
    public @Nullable PublishedCall needed() {
        for (PublishedCall each : calls) {
            if (each.frame().verbInFlight().isNeededByRemoval() && each.isOpen()) {
                return each; // open: the verb was this call's
            }
        }
        return null;
    }

    /** After the flag: from here on no removal waits for them. */
    public void leaveOut() {
        calls.forEach(PublishedCall::leaveOut);
    }
}
