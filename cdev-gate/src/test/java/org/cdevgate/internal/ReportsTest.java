package org.cdevgate.internal;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.Mockito.atMost;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;

import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

/** A log that cannot be written, or is filled by somebody, harms nobody who reports. */
class ReportsTest {
    private static final int TIMES = 1000;

    private final Logger log = mock(Logger.class);

    @Test
    void reportsOfOneKindComeSeldomHoweverOftenTheyAreMade() {
        for (int i = 0; i < TIMES; i++) {
            Reports.error(log, "the first kind, of {}", "device" + i, new IllegalStateException());
        }
        Reports.error(log, "the second kind, of {}", "device", "why");
        // A period lasts ten seconds: this may have taken longer than one, but not a hundred.
        verify(log, atMost(100)).error(anyString(), any(), any(Throwable.class));
        verify(log).error("the second kind, of {}", "device", "why");
    }

    @Test
    void aLogThatFailsEndsNobody() {
        doThrow(new OutOfMemoryError("as the test wants it"))
                .when(log)
                .warn(anyString(), any(Object.class));
        assertDoesNotThrow(() -> Reports.warn(log, "a third kind, of {}", "device"));
    }
}
