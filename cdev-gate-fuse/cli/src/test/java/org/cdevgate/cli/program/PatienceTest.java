package org.cdevgate.cli.program;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.cdevgate.cli.program.Patience.Verdict;
import org.junit.jupiter.api.Test;

class PatienceTest {
    private static final long MILLI = 1_000_000;

    private final Patience patience = new Patience(Duration.ofMillis(100));
    private long now;
    private long calls;
    private long work;

    private Verdict after(long millis, boolean gone, int moreCalls, int moreWork) {
        now += millis * MILLI;
        calls += moreCalls;
        work += moreWork;
        return patience.look(now, gone, calls, work);
    }

    @Test
    void nothingIsJudgedWhileADeviceIsThere() {
        for (int i = 0; i < 10; i++) {
            assertEquals(Verdict.GOES_ON, after(90, false, 0, 0));
            assertEquals(Verdict.GOES_ON, after(90, false, 1, 1));
        }
    }

    @Test
    void stillnessIsAHangOnceTheTimeIsOver() {
        assertEquals(Verdict.GOES_ON, after(1000, true, 0, 0));
        assertEquals(Verdict.GOES_ON, after(99, true, 0, 0));
        assertEquals(Verdict.HANGS, after(1, true, 0, 0));
    }

    @Test
    void workBeginsTheTimeAnew() {
        after(0, true, 0, 0);
        assertEquals(Verdict.GOES_ON, after(99, true, 0, 1));
        assertEquals(Verdict.GOES_ON, after(99, true, 0, 0));
        assertEquals(Verdict.HANGS, after(1, true, 0, 0));
    }

    @Test
    void callsInEachLookAreASpin() {
        after(0, true, 0, 0);
        assertEquals(Verdict.GOES_ON, after(50, true, 7, 1));
        assertEquals(Verdict.SPINS, after(50, true, 1, 0));
    }

    @Test
    void callsWithPausesAreNoSpin() {
        after(0, true, 0, 0);
        for (int i = 0; i < 10; i++) {
            assertEquals(Verdict.GOES_ON, after(50, true, 1, 1));
            assertEquals(Verdict.GOES_ON, after(49, true, 0, 1));
        }
    }

    @Test
    void deviceThatComesBackEndsTheJudgement() {
        after(0, true, 0, 0);
        assertEquals(Verdict.GOES_ON, after(99, false, 0, 0));
        assertEquals(Verdict.GOES_ON, after(99, true, 0, 0));
        assertEquals(Verdict.GOES_ON, after(99, true, 0, 0));
        assertEquals(Verdict.HANGS, after(1, true, 0, 0));
    }
}
