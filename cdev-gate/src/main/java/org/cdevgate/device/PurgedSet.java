package org.cdevgate.device;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Elements in the order in which they were added, of which some go by themselves and are taken out
 * when others are added: whenever as many have come as were left by the last time. So an element is
 * looked at twice on average, however many there are, and at most twice as many are kept as live.
 *
 * <p>For one thread at a time.
 */
final class PurgedSet<E> {
    private static final int FEW = 8;

    private final Predicate<? super E> gone;
    private final Set<E> elements = new LinkedHashSet<>();
    private int full = FEW;

    /**
     * An empty one.
     *
     * @param gone whether an element has gone; it stays so
     */
    PurgedSet(Predicate<? super E> gone) {
        this.gone = gone;
    }

    void add(E element) {
        if (elements.size() >= full) {
            elements.removeIf(gone);
            full = Math.max(FEW, 2 * elements.size());
        }
        elements.add(element);
    }

    boolean contains(E element) {
        return elements.contains(element);
    }

    /** All of them, also such as have gone and were not taken out yet. */
    List<E> all() {
        return new ArrayList<>(elements);
    }
}
