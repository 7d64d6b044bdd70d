package org.cdevgate.fuse.session;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.cdevgate.fuse.protocol.FuseOpcode;
import org.junit.jupiter.api.Test;

/** What is known of how long a device's calls take. */
class PaceTest {
    private static final FuseOpcode SLOW = FuseOpcode.IOCTL;

    private final Pace pace = new Pace();

    private void quickCalls(int count) {
        for (int i = 0; i < count; i++) {
            pace.took(SLOW, Pace.SLOW_NANOS - 1);
        }
    }

    @Test
    void aDeviceOfWhichNothingIsKnownIsQuick() {
        assertFalse(pace.isSlow(SLOW));
    }

    @Test
    void oneSlowCallMakesAllOfItsKindSlowAndNoOther() {
        pace.foundSlow(SLOW);
        assertTrue(pace.isSlow(SLOW));
        assertFalse(pace.isSlow(FuseOpcode.READ));
    }

    @Test
    void itIsQuickAgainAfterManyQuickCallsInARow() {
        pace.foundSlow(SLOW);
        quickCalls(Pace.QUICK_CALLS - 1);
        assertTrue(pace.isSlow(SLOW));
        quickCalls(1);
        assertFalse(pace.isSlow(SLOW));
    }

    @Test
    void aSlowCallAmongThemBeginsThatAnew() {
        pace.foundSlow(SLOW);
        quickCalls(Pace.QUICK_CALLS - 1);
        pace.took(SLOW, Pace.SLOW_NANOS);
        quickCalls(Pace.QUICK_CALLS - 1);
        assertTrue(pace.isSlow(SLOW));
    }
}
