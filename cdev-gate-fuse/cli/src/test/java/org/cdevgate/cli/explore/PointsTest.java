package org.cdevgate.cli.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.cdevgate.drivers.filter.CallMatch;
import org.cdevgate.drivers.filter.FaultPlan;
import org.cdevgate.drivers.filter.UnplugPlan;
import org.cdevgate.drivers.spec.InvalidSpecException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PointsTest {
    private static final List<RecordedCall> CALLS =
            List.of(
                    new RecordedCall(CallMatch.parse("open#1"), false, true),
                    new RecordedCall(CallMatch.parse("ioctl:0x40045431#1"), false, true),
                    new RecordedCall(CallMatch.parse("poll#1"), false, true),
                    new RecordedCall(CallMatch.parse("read#1"), true, true),
                    new RecordedCall(CallMatch.parse("read#2"), true, false));

    private static List<Point> points(String faults) {
        return Points.of(Map.of("d0", CALLS), FaultChoice.parse("--faults", faults));
    }

    private static List<String> places(String faults) {
        return points(faults).stream().map(Point::place).toList();
    }

    @Test
    void onlyACallThatSleptAndWasAnsweredIsUnpluggedAfterIt() {
        assertEquals(
                List.of(
                        "open#1, before",
                        "open#1, inside",
                        "ioctl:0x40045431#1, before",
                        "ioctl:0x40045431#1, inside",
                        "poll#1, before",
                        "poll#1, inside",
                        "read#1, before",
                        "read#1, asleep",
                        "read#1, after",
                        "read#2, before",
                        "read#2, asleep"),
                places("unplug"));
    }

    @Test
    void faultsComeToTheCallsThatTheyFit() {
        assertEquals(List.of("read#1, short=1", "read#2, short=1"), places("short=1"));
        assertEquals(
                List.of(
                        "open#1, errno=EIO",
                        "ioctl:0x40045431#1, errno=EIO",
                        "read#1, errno=EIO",
                        "read#2, errno=EIO"),
                places("errno=EIO"));
    }

    @Test
    void plansAreThoseThatRunReads() {
        for (Point each : points("unplug,errno=EIO,short=1,delay=1ms,stall")) {
            if (each.fault().isUnplug()) {
                UnplugPlan plan = UnplugPlan.parse(each.plan(Duration.ofMillis(500)));
                assertEquals(each.call(), plan.match());
                assertEquals(each.moment(), plan.moment());
                assertEquals(Duration.ofMillis(500), plan.replug());
            } else {
                assertEquals(each.call(), FaultPlan.parse(each.plan(null)).match());
            }
        }
    }

    @Test
    void shardsTogetherAreAllPointsAndNoneTwice() {
        List<Integer> all = IntStream.range(0, 20).boxed().toList();
        List<Integer> together =
                IntStream.rangeClosed(1, 3)
                        .mapToObj(i -> Shard.parse("--shard", i + "/3").of(all))
                        .flatMap(List::stream)
                        .sorted()
                        .toList();
        assertEquals(all, together);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0/3", "4/3", "1", "/", "a/b", "-1/2"})
    void whatIsNoShardIsRefusedByName(String text) {
        String message =
                assertThrows(InvalidSpecException.class, () -> Shard.parse("--shard", text))
                        .getMessage();
        assertTrue(message.startsWith("--shard " + text + ": give I/N"), message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"errno=EFOO", "unplugg", "errno=EIO,on=read", ""})
    void whatIsNoFaultIsRefusedWithARemedy(String text) {
        String message =
                assertThrows(InvalidSpecException.class, () -> FaultChoice.parse("--faults", text))
                        .getMessage();
        assertTrue(message.startsWith("--faults " + text + ": "), message);
    }

    @Test
    void aNearMissOfAnOutcomeIsProposed() {
        assertEquals(Outcome.NOT_REACHED, Outcome.parse("--fail-on", "not-reached"));
        String message =
                assertThrows(InvalidSpecException.class, () -> Outcome.parse("--fail-on", "hangs"))
                        .getMessage();
        assertTrue(message.contains("hang"), message);
    }
}
