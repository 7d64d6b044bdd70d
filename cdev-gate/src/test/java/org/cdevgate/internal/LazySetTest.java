package org.cdevgate.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class LazySetTest {
    @Test
    void anEmptyOneAnswersAsAnySet() {
        LazySet<String> set = new LazySet<>();
        assertFalse(set.remove("a"));
        assertEquals(0, set.size());
        assertEquals(Set.of(), set.elements());
        assertTrue(set.add("a"));
        assertFalse(set.add("a"));
        assertEquals(List.of("a"), set.stream().toList());
        assertTrue(set.remove("a"));
        assertEquals(0, set.size());
    }

    @Test
    void noneOfSeveralFirstElementsIsLost() throws Exception {
        int threads = 4;
        for (int round = 0; round < 500; round++) {
            LazySet<Integer> set = new LazySet<>();
            CyclicBarrier start = new CyclicBarrier(threads);
            List<FutureTask<Boolean>> adds = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int element = i;
                FutureTask<Boolean> add =
                        new FutureTask<>(
                                () -> {
                                    start.await();
                                    return set.add(element);
                                });
                adds.add(add);
                new Thread(add).start();
            }
            for (FutureTask<Boolean> add : adds) {
                assertTrue(add.get());
            }
            assertEquals(Set.of(0, 1, 2, 3), set.elements());
        }
    }
}
