package org.cdevgate.cli.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.function.IntFunction;
import org.cdevgate.cli.explore.Watch.Limits;
import org.cdevgate.cli.explore.Watch.Stop;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WatchTest {
    private static final long LOOK = 50;
    private static final long PATIENCE = 1_000;
    private static final long LONG = 60_000;
    private static final Limits ENDS = new Limits(PATIENCE, 200, LONG, false, 5);
    private static final Limits ENDLESS = new Limits(PATIENCE, 0, LONG, true, 5);

    /** What the watch says first, and at which look. */
    private record Said(Stop stop, long millis) {}

    private static Look look(
            int number, long begun, long refused, boolean busy, boolean there, long again) {
        return new Look(number * LOOK, begun, refused, 0, busy, true, there, again);
    }

    private static @Nullable Said watched(Limits limits, IntFunction<Look> looks) {
        Watch watch = new Watch(limits, 0);
        for (int i = 1; i * LOOK < LONG; i++) {
            Stop stop = watch.look(looks.apply(i));
            if (stop != null) {
                return new Said(stop, i * LOOK);
            }
        }
        return null;
    }

    private static @Nullable Stop stop(Limits limits, IntFunction<Look> looks) {
        Said said = watched(limits, looks);
        return said == null ? null : said.stop();
    }

    @Test
    void programThatDoesNothingIsIdleWhenThePatienceIsOver() {
        Said said = watched(ENDS, i -> look(i, 3, 1, false, false, 0));
        assertEquals(new Said(Stop.IDLE, LOOK + PATIENCE), said);
    }

    @Test
    void programThatIsReadyToRunIsNotIdle() {
        assertEquals(Stop.SPINS, stop(ENDS, i -> look(i, 3, 1, i % 2 == 0, false, 0)));
    }

    @Test
    void programThatCallsADeviceThatIsGoneSpinsThoughItSleepsInBetween() {
        assertEquals(Stop.SPINS, stop(ENDS, i -> look(i, 3, i, false, false, 0)));
    }

    @Test
    void programThatUsesTheDeviceAgainWithoutEndGoesOn() {
        assertEquals(Stop.GOES_ON, stop(ENDS, i -> look(i, i, 1, true, true, i)));
    }

    @Test
    void programThatOnlyWritesGoesOnUntilItsTimeIsOver() {
        Said said = watched(ENDS, i -> new Look(i * LOOK, 3, 1, i, false, true, false, 0));
        assertEquals(new Said(Stop.GOES_ON, LOOK + 5 * (PATIENCE + 200) + LOOK), said);
    }

    @Test
    void outputWithoutEndIsSpinning() {
        long much = 1L << 30;
        assertEquals(
                Stop.SPINS, stop(ENDS, i -> new Look(i * LOOK, i, 0, much, true, false, true, 0)));
    }

    @Test
    void programWithoutAnEndHasSettledWhenItUsesTheDeviceAgain() {
        assertEquals(Stop.SETTLED, stop(ENDLESS, i -> look(i, 3 + i, 1, false, true, i)));
        assertEquals(Stop.SETTLED, stop(ENDLESS, i -> look(i, 4, 1, false, true, 1)));
    }

    @Test
    void programWithoutAnEndThatDoesNotUseItAgainIsIdle() {
        assertEquals(Stop.IDLE, stop(ENDLESS, i -> look(i, 3, 1, false, true, 0)));
    }

    @Test
    void aLongPauseOfThisProcessIsNoHang() {
        Watch watch = new Watch(ENDS, 0);
        assertNull(watch.look(look(1, 3, 1, false, false, 0)));
        assertNull(watch.look(look(1_000, 3, 1, false, false, 0)));
    }
}
