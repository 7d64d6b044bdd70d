package org.cdevgate.drivers.filter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.cdevgate.drivers.filter.UnplugAtCall.Moment;
import org.cdevgate.drivers.spec.InvalidSpecException;
import org.cdevgate.gate.calls.Verb;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlansTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"read", "read#3", "ioctl:0x40045431#2", "ioctl:0x80084501", "any#7", "any"})
    void matchesAreWrittenAsTheyAreRead(String text) {
        assertEquals(text, CallMatch.parse(text).toString());
    }

    @Test
    void aTimeUnplugsOnceOrAgainAndAgain() {
        UnplugPlan once = UnplugPlan.parse("after=2s");
        assertEquals(Duration.ofSeconds(2), once.time());
        assertEquals(1, once.times());
        assertNull(once.replug());
        UnplugPlan often = UnplugPlan.parse("every=2s,times=100,then=replug:50ms");
        assertEquals(100, often.times());
        assertEquals(Duration.ofMillis(50), often.replug());
    }

    @Test
    void aCallUnplugsAtItsMoment() {
        assertEquals(
                new UnplugPlan(null, CallMatch.nth(7), Moment.INSIDE, null, 1),
                UnplugPlan.parse("at-call=7"));
        assertEquals(
                new UnplugPlan(null, new CallMatch(Verb.READ, 0, 1), Moment.BEFORE, null, 1),
                UnplugPlan.parse("on=read,when=before"));
        UnplugPlan command = UnplugPlan.parse("on=ioctl:0x40045431#3,when=after");
        assertEquals(new CallMatch(Verb.IOCTL, 0x40045431, 3), command.match());
        assertEquals(Moment.AFTER, command.moment());
    }

    @Test
    void chanceIsRepeatedByItsSeed() {
        assertEquals(UnplugPlan.parse("random,seed=42"), UnplugPlan.parse("seed=42,random"));
        boolean differs = false;
        for (int seed = 0; seed < 10; seed++) {
            differs |=
                    !UnplugPlan.parse("random,seed=" + seed)
                            .equals(UnplugPlan.parse("random,seed=42"));
        }
        assertTrue(differs, "each seed gives the same plan");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "when=after | does not say when; give one of after=2s",
                "after=2s,at-call=1 | has after and at-call; give one of",
                "after=2 | after=2 is no time; give",
                "after=2s,when=before | a time has no before or after",
                "at-call=0 | at-call=0; give a whole number from 1",
                "on=raed | is no call of a device; did you mean read?",
                "on=read:0x1 | only ioctl has a command",
                "on=release | is no call of a device",
                "on=read#x | is no number from 1 on: read#3",
                "on=read,when=during | when=during is none of before, inside, after",
                "on=read,then=again | then=again is not known; give then=replug:1s",
                "random | give a seed: random,seed=42",
                "at-call=1,seed=2 | only random has one",
                "at-call=1,times=2 | only every=… has it",
                "at-call=010 | at-call=010; give a whole number from 1 to",
                "on=read#010 | is no number from 1 on: read#3",
                "every=0s | plan \"every=0s\": every=0s; give more than zero",
                "random=7,seed=1 | random takes no value; leave out =7",
                "att-call=1 | has no att-call; did you mean at-call?"
            })
    void whatCannotBeMeantIsRefusedWithTheRemedy(String text, String remedy) {
        String message =
                assertThrows(InvalidSpecException.class, () -> UnplugPlan.parse(text)).getMessage();
        assertTrue(message.contains(remedy), message);
        assertFalse(message.contains("\n"), message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "on=read | does not say what happens; give one of short=1",
                "short=1,stall | has short and stall; give one of",
                "short=0 | short=0; give a whole number from 1",
                "errno=EIOO | is no error of errno(3); did you mean EIO?",
                "errno=ENOSYS | would end the connection for all",
                "delay=fast | delay=fast is no time",
                "stall=2s | stall takes no value; leave out =2s",
                "stall,on=poll | poll never sleeps; give another call",
                "delay=1s,on=poll#2 | poll never sleeps; give another call",
                "short=1,on=ioctl | only read and write transfer bytes; give on=read"
            })
    void faultsThatCannotBeMeantAreRefused(String text, String remedy) {
        String message =
                assertThrows(InvalidSpecException.class, () -> FaultPlan.parse(text)).getMessage();
        assertTrue(message.contains(remedy), message);
    }
}
