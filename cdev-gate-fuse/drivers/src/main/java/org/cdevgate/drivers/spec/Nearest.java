package org.cdevgate.drivers.spec;

import java.util.Collection;

/** Finds the word that was probably meant. */
public final class Nearest {
    private Nearest() {}

    /**
     * A question that proposes the nearest of the known words, such as {@code "; did you mean
     * read?"}; empty if none is near.
     */
    public static String hint(String word, Collection<String> known) {
        String best = null;
        int bestDistance = Math.max(1, word.length() / 2);
        for (String each : known) {
            int distance = distance(word, each);
            if (distance <= bestDistance) {
                best = each;
                bestDistance = distance - 1;
            }
        }
        return best == null ? "" : "; did you mean " + best + "?";
    }

    /** How many letters have to be added, removed or replaced (Levenshtein). */
    static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
