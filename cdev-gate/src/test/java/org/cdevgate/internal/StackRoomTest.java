package org.cdevgate.internal;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class StackRoomTest {
    private static final int STACK = 1 << 20;
    private static final int ENOUGH_TO_BE_COMPILED = 20_000;

    /** The most levels that a stack has room for. */
    private static int mostLevels() {
        int fits = 0;
        int tooMany = STACK;
        while (tooMany - fits > 1) {
            int levels = (fits + tooMany) / 2;
            try {
                StackRoom.descend(levels);
                fits = levels;
            } catch (StackOverflowError e) {
                tooMany = levels;
            }
        }
        return fits;
    }

    private static int mostLevelsOfAStack() throws Exception {
        FutureTask<Integer> levels = new FutureTask<>(StackRoomTest::mostLevels);
        new Thread(null, levels, "small-stack", STACK).start();
        return levels.get();
    }

    private static void assertRoomIsThere() throws Exception {
        int levels = mostLevelsOfAStack();
        assertTrue(
                levels < STACK / StackRoom.BYTES_OF_A_LEVEL,
                "there is less room than was asked for: a level takes " + STACK / levels);
    }

    @Test
    void aLevelTakesAsMuchAsItCountsInterpretedAndCompiled() throws Exception {
        assertRoomIsThere();
        for (int i = 0; i < ENOUGH_TO_BE_COMPILED; i++) {
            StackRoom.requireToLink();
        }
        assertRoomIsThere();
    }

    @Test
    void roomIsMissedWhereItIsNotThere() throws Exception {
        FutureTask<Integer> failures =
                new FutureTask<>(
                        () -> {
                            int[] count = {0};
                            toTheEnd(count);
                            return count[0];
                        });
        new Thread(null, failures, "small-stack", STACK).start();
        assertTrue(failures.get() > 0, "the last frames of a stack have room for 64 KiB more");
        assertDoesNotThrow(StackRoom::requireToLink);
    }

    /** Counts the depths, from the end on, at which room is missed. */
    @SuppressWarnings("InfiniteRecursion") // to the end of the stack
    private static boolean toTheEnd(int[] count) {
        boolean missed;
        try {
            missed = toTheEnd(count);
        } catch (StackOverflowError e) {
            missed = true;
        }
        if (missed) {
            try {
                StackRoom.requireToLink();
                return false;
            } catch (StackOverflowError e) {
                count[0]++;
            }
        }
        return missed;
    }
}
