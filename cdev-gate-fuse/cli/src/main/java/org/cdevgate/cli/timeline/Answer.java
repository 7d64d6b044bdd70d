package org.cdevgate.cli.timeline;

import org.cdevgate.abi.Errno;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.Verb;

/** What callers get, in words. */
final class Answer {
    private Answer() {}

    static String of(FopsGate gate, Verb verb, long result) {
        return switch (verb) {
            case READ -> result == 0 ? "end of file" : bytes(result);
            case WRITE -> bytes(result);
            case POLL ->
                    PollEvents.toString((int) (gate.isRemoving() ? blocked(gate, verb) : result));
            default -> Long.toString(result);
        };
    }

    static String ofRemoval(FopsGate gate, Verb verb) {
        int answer = blocked(gate, verb);
        return answer < 0 ? Errno.describe(-answer) : of(gate, verb, answer);
    }

    private static int blocked(FopsGate gate, Verb verb) {
        return gate.removalProfile().blocked(verb);
    }

    private static String bytes(long count) {
        return count + (count == 1 ? " byte" : " bytes");
    }
}
