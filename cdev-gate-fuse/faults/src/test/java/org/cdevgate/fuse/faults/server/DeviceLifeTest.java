package org.cdevgate.fuse.faults.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.cdevgate.gate.Caller;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.Verb;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;

/** What the books find when a front or a gate does what it must not. */
class DeviceLifeTest {
    private final List<String> violations = new ArrayList<>();
    private final DeviceLife life = new DeviceLife("it", false, violations::add);
    private final OpenFile file = aFile();

    private static OpenFile aFile() {
        FopsGate gate = FopsGate.of("it", new Disk(1));
        return gate.newFile(0, Mockito.mock(Caller.class), 0);
    }

    private void open() {
        life.enter(Verb.OPEN, file);
        life.opened(file);
        life.exit(Verb.OPEN, file);
    }

    private void release() {
        life.enter(Verb.RELEASE, file);
        life.released(file);
        life.exit(Verb.RELEASE, file);
        life.destructed(file);
    }

    private void expect(String part) {
        assertFalse(violations.isEmpty(), "nothing was found");
        assertTrue(violations.get(0).contains(part), violations::toString);
    }

    @Test
    void aProperLifeIsNoViolation() {
        open();
        life.enter(Verb.READ, file);
        life.exit(Verb.READ, file);
        release();
        life.tearDown();
        life.removed();
        life.end();
        assertEquals(List.of(), violations);
    }

    @Test
    void aForgottenReleaseIsFound() {
        open();
        life.end();
        expect("released 0 times");
    }

    @Test
    void aForgottenReleaseIsFoundAtTheTeardown() {
        open();
        life.tearDown();
        expect("the teardown began with a file released 0 times");
    }

    @Test
    void aSecondReleaseIsFound() {
        open();
        release();
        life.enter(Verb.RELEASE, file);
        life.released(file);
        expect("release for the second time");
    }

    @Test
    void aReleaseOfAFileThatWasNotOpenedIsFound() {
        life.enter(Verb.RELEASE, file);
        expect("never opened");
    }

    @Test
    void aReleaseBesideAnotherCallIsFound() {
        open();
        life.enter(Verb.READ, file);
        life.enter(Verb.RELEASE, file);
        expect("release beside 1 other calls");
    }

    @Test
    void aVerbAfterReleaseIsFound() {
        open();
        release();
        life.enter(Verb.WRITE, file);
        expect("write after release");
    }

    @Test
    void aVerbAfterTheTeardownIsFound() {
        life.tearDown();
        life.enter(Verb.OPEN, file);
        expect("after the teardown");
    }

    @Test
    void aTeardownUnderACallIsFound() {
        open();
        life.enter(Verb.READ, file);
        life.tearDown();
        expect("with 1 calls in the driver");
    }

    @Test
    void aRemovalThatReturnsTooEarlyIsFound() {
        life.removed();
        expect("before the teardown");
    }
}
