package org.cdevgate.fuse.waiting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class AdaptiveSpinTest {
    private final AdaptiveSpin spin = new AdaptiveSpin();
    private int clients = 1;
    private int first = 1;
    private boolean mayJoin = true;
    private long now = 1;
    private long requests;
    private long spun;
    private long missed;
    private long wasted;
    private long joins;

    /** A client that takes so long from answer to request, without a spin and with one. */
    private void serve(int count, long withoutSpin, long withSpin) {
        serve(count, withoutSpin, withSpin, Long.MAX_VALUE);
    }

    /** Stops at a wish to join the client, the so many-th one. */
    private void serve(int count, long withoutSpin, long withSpin, long joinsToStopAt) {
        for (int i = 0; i < count && joins < joinsToStopAt; i++) {
            boolean spins = spin.limit() > 0;
            boolean misses = spins && withSpin > spin.limit();
            now += spins && !misses ? withSpin : withoutSpin;
            if (misses) {
                now += spin.limit();
                missed++;
                wasted += spin.limit();
            }
            spun += spins ? 1 : 0;
            requests++;
            if (spin.served(now, first + i % clients, misses)) {
                joins++;
                if (!mayJoin) {
                    spin.notJoined();
                }
            }
        }
    }

    @Test
    void aClientOnAnotherProcessorIsSpunFor() {
        serve(100_000, 60_000, 13_000);
        assertTrue(spun > requests * 97 / 100, spun + " of " + requests);
    }

    /** Beside a client there is nothing to gain. */
    @Test
    void aClientOnTheSameProcessorIsNotEvenTried() {
        serve(100_000, 5_000, 4_000);
        assertEquals(0, spun);
        assertEquals(0, joins);
    }

    /** Each of them keeps a processor busy, and the others waiting. */
    @Test
    void manyClientsAreSpunFor() {
        clients = 4;
        serve(100_000, 8_000, 5_000);
        assertTrue(spun > requests * 9 / 10, spun + " of " + requests);
        assertEquals(0, joins, "there is no one place beside them");
    }

    @Test
    void manyClientsOnTheSameProcessorAreTriedSeldomEnough() {
        clients = 4;
        serve(100_000, 5_000, 1_000_000);
        assertTrue(wasted < now / 200, "wasted " + wasted + " of " + now + " ns");
    }

    @Test
    void manyClientsThatGainLittleAreNotSpunFor() {
        clients = 4;
        serve(100_000, 5_000, 4_800);
        assertTrue(spun < requests / 10, spun + " of " + requests);
    }

    @Test
    void aClientOnAnotherProcessorIsJoinedBeforeASpinIsTried() {
        serve(1_000, 60_000, 13_000, 1);
        assertEquals(1, joins);
        assertEquals(0, spun);
        serve(100_000, 5_000, 13_000);
        assertEquals(0, spun);
        assertEquals(1, joins);
    }

    /** The scheduler may move either of them at any time. */
    @Test
    void aClientThatMovesAwayIsJoinedAgain() {
        serve(1_000, 60_000, 13_000, 1);
        serve(10_000, 5_000, 13_000);
        serve(1_000, 60_000, 13_000, 2);
        assertEquals(2, joins);
        assertEquals(0, spun);
    }

    /** What paid for one that ended may not pay for the next: it may be where it can be joined. */
    @Test
    void anotherClientIsLookedAtAnew() {
        mayJoin = false;
        serve(10_000, 60_000, 13_000);
        mayJoin = true;
        first = 2;
        spun = 0;
        joins = 0;
        serve(1_000, 60_000, 13_000, 1);
        assertEquals(1, joins);
        serve(10_000, 5_000, 13_000);
        assertTrue(spun < 100, spun + " spun");
    }

    /** One that shared the server's processor, so that a spin was given up for long. */
    @Test
    void anotherClientIsSpunForThoughTheLastWasNot() {
        mayJoin = false;
        serve(100_000, 30_000, 1_000_000);
        first = 2;
        spun = 0;
        serve(2_000, 60_000, 13_000);
        assertTrue(spun > 1_500, spun + " of 2000");
    }

    @Test
    void aClientThatCannotBeJoinedIsSpunForAndTheJoiningDoubtedSeldom() {
        mayJoin = false;
        serve(100_000, 60_000, 13_000);
        assertTrue(joins > 1 && joins < 20, joins + " joins");
    }

    /** A spinning server holds the processor that the client needs. */
    @Test
    void aSlowClientOnTheSameProcessorIsTriedSeldomEnough() {
        serve(100_000, 30_000, 1_000_000);
        assertTrue(wasted < now / 100, "wasted " + wasted + " of " + now + " ns");
    }

    @Test
    void aClientThatGainsNothingIsNotSpunFor() {
        serve(100_000, 40_000, 35_000);
        assertTrue(spun < requests / 50, spun + " of " + requests);
    }

    @Test
    void aClientThatCallsNowAndThenIsNotSpunFor() {
        serve(10_000, 5_000_000, 5_000_000);
        assertEquals(0, spun);
    }

    @Test
    void aSpinEndsSoonWhenTheClientCallsNowAndThen() {
        serve(10_000, 60_000, 13_000);
        missed = 0;
        serve(1_000, 1_000_000, 1_000_000);
        assertTrue(missed <= 4, missed + " spins in vain");
    }

    /** Placed anew by the scheduler, both on one processor are faster than apart with a spin. */
    @Test
    void aSpinIsDoubtedWhileItPays() {
        serve(10_000, 60_000, 13_000);
        spun = 0;
        requests = 0;
        serve(100_000, 5_000, 13_000);
        assertTrue(spun < requests / 10, spun + " of " + requests);
    }

    @Test
    void aClientThatMovesToAnotherProcessorIsSpunForAgain() {
        serve(50_000, 5_000, 1_000_000);
        serve(50_000, 40_000, 39_000);
        spun = 0;
        requests = 0;
        serve(200_000, 60_000, 13_000);
        assertTrue(spun > requests * 7 / 10, spun + " of " + requests);
    }
}
