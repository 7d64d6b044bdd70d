package org.cdevgate.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A binding's nodes that come and go cost the same however many there are. */
class PurgedSetTest {
    private static final int MANY = 10_000;

    private final Set<Integer> gone = new HashSet<>();
    private int looks;

    private final PurgedSet<Integer> set =
            new PurgedSet<>(
                    element -> {
                        looks++;
                        return gone.contains(element);
                    });

    @Test
    void whatLivesIsLookedAtTwiceOnAverage() {
        IntStream.range(0, MANY).forEach(set::add);
        assertTrue(looks <= 2 * MANY, looks + " looks for " + MANY + " elements");
        assertEquals(IntStream.range(0, MANY).boxed().toList(), set.all());
    }

    @Test
    void whatHasGoneIsTakenOut() {
        int most = 0;
        for (int i = 0; i < MANY; i++) {
            set.add(i);
            gone.add(i);
            most = Math.max(most, set.all().size());
        }
        assertTrue(looks <= 2 * MANY, looks + " looks for " + MANY + " elements");
        assertTrue(most <= 16, most + " are kept, and one lives");
    }

    @Test
    void whatHasGoneLaterIsTakenOutWhenOthersCome() {
        IntStream.range(0, MANY).forEach(set::add);
        IntStream.range(0, MANY).forEach(gone::add);
        IntStream.range(MANY, 2 * MANY).forEach(set::add);
        assertTrue(set.all().size() <= 2 * MANY);
        assertFalse(set.contains(0), "it has gone");
        assertTrue(set.contains(2 * MANY - 1));
    }

    @Test
    void oneThatIsAddedTwiceIsThereOnce() {
        set.add(1);
        set.add(1);
        assertEquals(List.of(1), set.all());
    }
}
