package org.cdevgate.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.cdevgate.gate.Supplier.Sleep;
import org.cdevgate.gate.calls.CallInFlight;
import org.cdevgate.gate.removal.RemovalOutcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A report says in which other device a call is, and what it sleeps on there. */
class NestedReportTest {
    @ParameterizedTest
    @EnumSource(names = {"PARKED", "WOULD_BLOCK"})
    void theQueueTheNestedCallAndTheWayToIt(Sleep how) throws Exception {
        Supplier supplier = new Supplier();
        FopsGate middle = Reading.gate("mux", (file, call) -> supplier.transfer(how));
        OpenFile below = Answers.open(middle);
        FopsGate sensor = Reading.gate("sensor", (file, call) -> Answers.read(below));
        Background<Integer> reader = Answers.startReading(sensor);
        supplier.awaitAsleep(1);
        CallInFlight call = sensor.report().culprits().get(0);
        assertEquals(List.of("read of mux", "ioctl of adapter"), call.nested());
        assertEquals(supplier.queue.name(), call.waitingOn());
        assertTrue(
                call.toString()
                        .endsWith(
                                ", thread test-background, in read of mux, in ioctl of adapter,"
                                        + " asleep on transfer done"),
                call::toString);
        assertEquals(
                List.of("ioctl of adapter"), middle.report().culprits().get(0).nested(), "inner");
        supplier.finish();
        assertEquals(Supplier.DONE, reader.result());
        assertEquals(List.of(), sensor.report().culprits());
    }

    /** One that a removal cannot wake, because the driver below sleeps in its own way. */
    @Test
    void aSlowDrainSaysIt() throws Exception {
        Checkpoint stuck = new Checkpoint();
        FopsGate adapter =
                Reading.gate(
                        "adapter",
                        (file, call) -> {
                            stuck.pass();
                            return 1;
                        });
        OpenFile below = Answers.open(adapter);
        FopsGate sensor = Reading.gate("sensor", (file, call) -> Answers.read(below));
        Background<Integer> reader = Answers.startReading(sensor);
        stuck.awaitReached();
        RemovalOutcome outcome = sensor.unregisterSync(Duration.ofMillis(5));
        assertTrue(
                outcome.toString().contains(", in read of adapter, parked on "), outcome::toString);
        stuck.letGo();
        reader.result();
        assertTrue(sensor.awaitRemoval());
    }
}
