package org.cdevgate.gate.stress.driver;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.stress.driver.example.Keypad;
import org.junit.jupiter.api.Test;

class KeypadTest {
    @Test
    void theKeypadSurvivesItsRemoval() throws Exception {
        StressReport report =
                DriverStress.of(new Keypad.Factory())
                        .ioctls(Keypad.COUNT)
                        .sleeps(Verb.READ)
                        .seed(42)
                        .duration(Duration.ofSeconds(5))
                        .run();
        assertTrue(report.isClean(), report::toString);
    }
}
