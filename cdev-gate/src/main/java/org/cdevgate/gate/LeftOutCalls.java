package org.cdevgate.gate;

import java.util.ArrayList;
import java.util.List;

/**
 * The calls of one thread that a removal is not to wait for, see {@link SelfRemoval#LEAVE_OUT}:
 * those that the thread had in flight when that was chosen. A call that it begins later is not
 * among them, in whichever frame, so a removal waits for it.
 */
final class LeftOutCalls {
    /** None, of a thread that is not inside. */
    static final LeftOutCalls NONE = new LeftOutCalls(List.of());

    private final List<CallScope> calls;

    private LeftOutCalls(List<CallScope> calls) {
        this.calls = calls;
    }

    /** The calls that a thread has in flight in some gates, if a removal need not wait for one. */
    static LeftOutCalls of(CallRecord record, List<FopsGate> gates) {
        List<CallScope> calls = new ArrayList<>();
        for (Call call = record.outermost(); call != null; call = call.innerOrNull()) {
            long seen = call.published();
            if (isIn(gates, seen)) {
                calls.add(new CallScope(call, seen));
            }
        }
        return new LeftOutCalls(calls);
    }

    private static boolean isIn(List<FopsGate> gates, long published) {
        for (FopsGate gate : gates) {
            if (gate.ref().isIn(published)) {
                return true;
            }
        }
        return false;
    }

    /** One that a removal has to wait for, because the removal itself runs it; null if none is. */
    CallScope needed() {
        for (CallScope each : calls) {
            switch (each.call().verb()) {
                case HOLD, WAKE_HOOK, CANCEL, TEARDOWN -> {
                    if (each.isOpen()) { // the verb was this one's
                        return each;
                    }
                }
                default -> {}
            }
        }
        return null;
    }

    /** After the flag: from here on no removal waits for them. */
    void leaveOut() {
        calls.forEach(CallScope::leaveOut);
    }
}
