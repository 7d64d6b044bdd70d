package org.cdevgate.gate.stress.model;

import java.util.List;

/**
 * A broken twin, and what its exploration must come to.
 *
 * @param question the scenario on it
 * @param kind how it must end
 * @param shows what must be seen: the words of one of these promises, or, of threads that wait for
 *     ever, all the methods in which they do
 */
record Twin(Question question, ModelFinding.Kind kind, List<String> shows) {
    Twin {
        if (shows.isEmpty()) {
            throw new IllegalArgumentException("any failure of " + question + " would do");
        }
    }

    /** One that breaks a promise. */
    static Twin breaking(String promise, Question question) {
        return new Twin(question, ModelFinding.Kind.BROKEN, List.of(promise));
    }

    /** One whose threads wait for ever, each in one of these methods. */
    static Twin hanging(List<String> where, Question question) {
        return new Twin(question, ModelFinding.Kind.HUNG, where);
    }

    /** Whether a finding is of the twin's own fault, and not of any other. */
    boolean isShownBy(ModelFinding finding) {
        if (finding.kind() != kind) {
            return false;
        }
        return kind == ModelFinding.Kind.BROKEN
                ? shows.contains(finding.seen())
                : finding.waits().equals(shows);
    }
}
