package org.cdevgate.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** However often something is to be told, so many lines of its kind come in each period. */
class LogLimitTest {
    private static final int TIMES = 1000;

    @Test
    void noMoreThanSoManyLinesInAPeriod() {
        LogLimit limit = new LogLimit(3, Long.MAX_VALUE);
        for (int i = 0; i < 3; i++) {
            assertEquals(0, limit.admit(), "one of the first three");
        }
        for (int i = 0; i < TIMES; i++) {
            assertEquals(-1, limit.admit(), "a line too many");
        }
    }

    @Test
    void theNextLineSaysHowManyWereLeftOut() {
        LogLimit limit = new LogLimit(1, 0);
        assertEquals(0, limit.admit());
        limit.lost();
        limit.lost();
        assertEquals(2, limit.admit());
        assertEquals(0, limit.admit(), "counted twice");
        assertEquals("", LogLimit.more(0));
        assertEquals(" (2 lines of this kind were left out before)", LogLimit.more(2));
    }
}
