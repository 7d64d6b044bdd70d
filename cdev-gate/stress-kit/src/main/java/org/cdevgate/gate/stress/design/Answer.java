package org.cdevgate.gate.stress.design;

/**
 * What a design does with a promise.
 *
 * @param verdict in a word
 * @param seen what happened, as a user would tell it
 */
public record Answer(Verdict verdict, String seen) {
    /** In a word. */
    public enum Verdict {
        /** No scenario breaks it. */
        KEPT("kept"),
        /** A scenario does. */
        BROKEN("broken"),
        /** The design says nothing on it. */
        NOT_MODELLED("–");

        private final String text;

        Verdict(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
