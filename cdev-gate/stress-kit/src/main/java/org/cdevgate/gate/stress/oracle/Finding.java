package org.cdevgate.gate.stress.oracle;

/**
 * One broken promise, told once however often it was seen. Immutable.
 *
 * @param kind which promise
 * @param subject the verb, resource or action it is about
 * @param what one sentence on the first occurrence
 * @param detail stacks of the first occurrence, empty or ending in a newline
 * @param times how often it was seen, 1 or more
 */
public record Finding(Kind kind, String subject, String what, String detail, long times) {
    /** The promises. */
    public enum Kind {
        /** Driver code ran before the registration or after the teardown had begun. */
        OUTSIDE_LIFE,
        /** A remover returned before the removal had finished. */
        EARLY_RETURN,
        /** The teardown ran more than once. */
        TEARDOWN_NOT_ONCE,
        /** A parent's teardown began before that of its child had ended. */
        TEARDOWN_ORDER,
        /** None or several of the removers were told that they did it. */
        TOLD_NOT_ONCE,
        /** An open file was released twice, not at all, or with a verb of it still running. */
        RELEASE_NOT_ONCE,
        /** A resource was used after it was freed, or after the removal of its device. */
        TOUCHED_AFTER_FREE,
        /** A resource was freed twice. */
        FREED_TWICE,
        /** A resource was not freed when the removal returned. */
        LOST,
        /** A call stayed in the driver long after the removal had begun. */
        SLEEPER_NOT_WOKEN,
        /** A driver keeps a Call whose verb has returned. */
        CALL_KEPT,
        /** A removal did not end although no caller's call was in flight. */
        REMOVAL_HUNG,
        /** Something that is not to sleep did not end. */
        STUCK,
        /** A caller got what it must not get at that moment. */
        WRONG_ANSWER,
        /** A sleeper without a thread, or a poller, was not told of the removal, or told twice. */
        NOT_TOLD,
        /** A verb threw something that is neither an errno nor an interrupt. */
        UNEXPECTED_EXCEPTION,
        /** A verb returned what its contract does not allow. */
        RESULT_OUT_OF_RANGE,
        /** A removal by a thread inside the gate was not refused. */
        SELF_REMOVAL_NOT_REFUSED,
        /** The run ended without having exercised something. */
        NOT_EXERCISED,
        /** The device could not be made, or an action of the workload failed. */
        RUN_FAILED
    }

    /** For people: the sentence, how often, and the stacks. */
    @Override
    public String toString() {
        String count = times == 1 ? "" : " (seen " + times + " times; the first:)";
        return kind + ": " + what + count + (detail.isEmpty() ? "" : "\n" + detail.stripTrailing());
    }
}
