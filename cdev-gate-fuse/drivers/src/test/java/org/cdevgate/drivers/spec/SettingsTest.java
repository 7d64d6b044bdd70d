package org.cdevgate.drivers.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
    private static String refusal(Executable reading) {
        String message = assertThrows(InvalidSpecException.class, reading).getMessage();
        assertFalse(message.contains("\n"), message);
        return message;
    }

    @Test
    void keysAndValuesAreTakenApart() {
        Settings settings = Settings.parse("kind disk", "size=4K,ro,label=a\\,b=c");
        assertEquals(4096, settings.bytes("size"));
        assertTrue(settings.has("ro"));
        assertEquals("a,b=c", settings.text("label"));
        assertTrue(settings.flag("ro"));
        assertFalse(settings.flag("other"));
        assertEquals("none", settings.orElse("other", "none").text("other"));
        assertEquals("4K", settings.orElse("size", "1M").text("size"));
        assertEquals(List.of(), List.copyOf(Settings.parse("kind null", "").keys()));
    }

    @Test
    void whatIsNotKnownIsNamedWithTheNearest() {
        String message =
                refusal(
                        () ->
                                Settings.parse("kind disk", "sise=1")
                                        .allowing(List.of("size", "image")));
        assertEquals("kind disk has no sise; did you mean size?; there are image, size", message);
    }

    @Test
    void valuesAreRefusedWithTheRemedy() {
        Settings settings = Settings.parse("kind x", "a=much,b=,c=7,d=5,e=0s");
        assertTrue(refusal(() -> settings.bytes("a")).contains("a=much is no size; give"));
        assertTrue(refusal(() -> settings.text("b")).contains("b wants a value"));
        assertTrue(
                refusal(() -> settings.number("c", 1, 5))
                        .contains("c=7; give a whole number from 1 to 5"));
        assertTrue(refusal(() -> settings.duration("d")).contains("d=5 is no time"));
        assertTrue(
                refusal(() -> settings.word("a", List.of("must", "may")))
                        .contains("none of must, may"));
        assertEquals("kind x: e=0s; give more than zero", refusal(() -> settings.period("e")));
        assertEquals("kind x: c takes no value; leave out =7", refusal(() -> settings.flag("c")));
        assertEquals("kind x: no f; give f=…", refusal(() -> settings.text("f")));
        assertEquals("kind x: no f; give f=PATH", refusal(() -> settings.path("f")));
        assertTrue(refusal(() -> Settings.parse("x", "a=1,a=2")).contains("given twice"));
        assertTrue(refusal(() -> Settings.parse("x", "a=1,,b")).contains("an empty part"));
    }

    @Test
    void oneOfSeveralKeysIsWhatWasGiven() {
        List<String> choices = List.of("a", "b");
        assertEquals(
                "b", Settings.parse("plan", "b=1,c").oneOf(choices, "says nothing", "a=1, b=1"));
        assertEquals(
                "plan says nothing; give one of a=1, b=1",
                refusal(
                        () ->
                                Settings.parse("plan", "c")
                                        .oneOf(choices, "says nothing", "a=1, b=1")));
        assertEquals(
                "plan has b and a; give one of a=1, b=1",
                refusal(
                        () ->
                                Settings.parse("plan", "b=1,a=1")
                                        .oneOf(choices, "says nothing", "a=1, b=1")));
    }

    @ParameterizedTest
    @CsvSource({"0,0", "7,7", "-7,-7", "0x1f,31", "9223372036854775807,9223372036854775807"})
    void numbersAreDecimalOrHexadecimal(String text, long number) {
        assertEquals(number, Quantity.number(text).getAsLong());
    }

    @ParameterizedTest
    @CsvSource({"010", "08", "+7", "#7", "0x", "7.0", "x", "''", "9223372036854775808"})
    void whatIsNoNumberIsNone(String text) {
        assertTrue(Quantity.number(text).isEmpty());
    }

    @ParameterizedTest
    @CsvSource({"50us,50000", "50ms,50000000", "1.5s,1500000000", "2m,120000000000", "0s,0"})
    void timesHaveUnits(String text, long nanos) {
        assertEquals(Duration.ofNanos(nanos), Quantity.duration("after", text));
    }

    @ParameterizedTest
    @CsvSource({"0,0", "7,7", "4K,4096", "1.5M,1572864", "1G,1073741824"})
    void sizesArePowersOf1024(String text, long bytes) {
        assertEquals(bytes, Quantity.bytes("size", text));
    }

    @ParameterizedTest
    @CsvSource({"-1s", "s", "1 s", "1d", "999999999999h", "1e3s"})
    void whatIsNoTimeIsRefused(String text) {
        assertTrue(refusal(() -> Quantity.duration("after", text)).contains(text));
    }
}
