package org.cdevgate.gate;

import org.cdevgate.gate.accounting.CallRecord;
import org.cdevgate.gate.accounting.CallRecords;

/** Looks at the records as a remover does. */
final class CallRecordProbe {
    private CallRecordProbe() {}

    static boolean hasOwnerlessCallIn(FopsGate gate) {
        for (CallRecord record = CallRecords.head(); record != null; record = record.next()) {
            if (record.isInside(gate.ref()) && record.thread() == null) {
                return true;
            }
        }
        return false;
    }

    static int records() {
        int count = 0;
        for (CallRecord record = CallRecords.head(); record != null; record = record.next()) {
            count++;
        }
        return count;
    }
}
