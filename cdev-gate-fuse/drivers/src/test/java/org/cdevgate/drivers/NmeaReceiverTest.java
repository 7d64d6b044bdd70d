package org.cdevgate.drivers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalTime;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.front.Caller;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class NmeaReceiverTest {
    private static final int TCGETS = 0x5401;

    private final ByteBuffer buffer = ByteBuffer.allocateDirect(8192);
    private NmeaReceiver receiver;
    private FopsGate gate;

    private void plug(NmeaReceiver.Sleep sleep) {
        receiver = new NmeaReceiver(sleep);
        gate = FopsGate.of("nmea", receiver);
    }

    private OpenFile open() throws ErrnoException {
        return gate.front().open(OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK, Caller.local());
    }

    private String read(OpenFile file, int most) throws ErrnoException {
        buffer.clear().limit(most);
        byte[] bytes = new byte[gate.front().read(file, buffer, 0, Caller.local())];
        buffer.get(0, bytes);
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    private void expectNothing(OpenFile file) {
        assertEquals(
                Errno.EAGAIN.number(),
                assertThrows(ErrnoException.class, () -> read(file, 100)).errno());
    }

    @ParameterizedTest
    @EnumSource
    void aFixIsTheSentenceOfTheStandardsExample(NmeaReceiver.Sleep sleep) throws ErrnoException {
        plug(sleep);
        OpenFile file = open();
        receiver.fix(LocalTime.of(12, 35, 19), 48 + 7.038 / 60, 11 + 31.0 / 60);
        assertEquals(
                "$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47\r\n",
                read(file, 100));
        receiver.fix(LocalTime.MIDNIGHT, -0.5, -179.999_999_9);
        assertEquals("$GPGGA,000000,0030.000,S,18000.000,W", read(file, 100).substring(0, 36));
    }

    @ParameterizedTest
    @EnumSource
    void eachReaderHasABacklogOfItsOwnFromItsOpenOn(NmeaReceiver.Sleep sleep)
            throws ErrnoException {
        plug(sleep);
        OpenFile early = open();
        receiver.receive("GPTXT,one");
        OpenFile late = open();
        expectNothing(late);
        assertEquals(0, gate.front().poll(late, Caller.local(), null));
        receiver.receive("GPTXT,two");
        assertEquals(
                PollEvents.POLLIN | PollEvents.POLLRDNORM,
                gate.front().poll(late, Caller.local(), null));
        assertEquals("$GPT", read(early, 4), "in pieces");
        assertEquals("XT,one*07\r\n$GPTXT,two*0F\r\n", read(early, 100));
        assertEquals("$GPTXT,two*0F\r\n", read(late, 100));
        expectNothing(early);
        assertEquals("", read(late, 0));
    }

    @ParameterizedTest
    @EnumSource
    void aReaderThatIsTooSlowLosesWholeSentences(NmeaReceiver.Sleep sleep) throws ErrnoException {
        plug(sleep);
        OpenFile slow = open();
        for (int i = 0; i < 1_000; i++) {
            receiver.receive("GPTXT," + i);
        }
        String[] kept = read(slow, 8192).split("(?<=\n)", -1);
        for (int i = 0; i < kept.length - 1; i++) {
            assertEquals(NmeaReceiver.sentence("GPTXT," + i), kept[i]);
        }
        assertEquals("", kept[kept.length - 1], "a part of a sentence");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GPTXT,$", "GPTXT,*", "GPTXT,\r\n", "GPTXT,\u00e9"})
    void whatIsNoSentenceIsRefused(String body) {
        plug(NmeaReceiver.Sleep.THREADLESS);
        assertThrows(IllegalArgumentException.class, () -> receiver.receive(body));
        String tooLong = "x".repeat(77);
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> receiver.receive(tooLong));
        assertTrue(refused.getMessage().contains(tooLong), refused.getMessage());
        for (double angle : new double[] {-181, 181, Double.NaN}) {
            assertThrows(
                    IllegalArgumentException.class, () -> receiver.fix(LocalTime.NOON, angle, 0));
            assertThrows(
                    IllegalArgumentException.class, () -> receiver.fix(LocalTime.NOON, 0, angle));
        }
    }

    @ParameterizedTest
    @EnumSource
    void itIsNoTerminal(NmeaReceiver.Sleep sleep) throws ErrnoException {
        plug(sleep);
        OpenFile file = open();
        assertEquals(
                Errno.ENOTTY.number(),
                assertThrows(
                                ErrnoException.class,
                                () -> gate.front().ioctl(file, TCGETS, 0, buffer, Caller.local()))
                        .errno());
    }
}
