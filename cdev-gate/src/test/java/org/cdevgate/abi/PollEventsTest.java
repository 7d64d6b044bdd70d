package org.cdevgate.abi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PollEventsTest {
    @ParameterizedTest
    @CsvSource({
        "0x0,    '0'",
        "0x1,    'POLLIN'",
        "0x11,   'POLLIN|POLLHUP'",
        "0x18,   'POLLERR|POLLHUP'",
        "0x145,  'POLLIN|POLLOUT|POLLRDNORM|POLLWRNORM'",
        "0x2000, 'POLLRDHUP'",
        "0x1000, 'POLLREMOVE'",
        "0x801,  'POLLIN|0x800'",
        "0x80000000, '0x80000000'",
    })
    void aMaskPrintsAsACProgrammerWritesIt(String mask, String text) {
        assertEquals(text, PollEvents.toString(Long.decode(mask).intValue()));
    }

    @Test
    void theAnswerWithoutAPollVerbIsTheKernels() {
        assertEquals(
                0x145,
                PollEvents.DEFAULT_POLLMASK,
                "select would block on a device that the kernel calls always ready");
    }
}
