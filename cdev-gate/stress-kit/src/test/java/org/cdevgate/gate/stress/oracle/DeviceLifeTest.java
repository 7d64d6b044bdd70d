package org.cdevgate.gate.stress.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.util.List;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.front.Caller;
import org.junit.jupiter.api.Test;

class DeviceLifeTest {
    private final Findings findings = new Findings(finding -> {});
    private final DeviceLife life = new DeviceLife("dev0", 1, findings);
    private final OpenFile file =
            FopsGate.of("dev0", new FileOperations() {}).front().newFile(0, Caller.local());

    private List<Finding.Kind> kinds() {
        return findings.all().stream().map(Finding::kind).toList();
    }

    private void open() {
        life.registered();
        life.began(Verb.OPEN, file);
        life.opened(file);
        life.ended(Verb.OPEN, file);
    }

    private void tearDown() {
        life.teardownBegins();
        life.teardownEnds();
    }

    private void release() {
        life.releasing(file);
        life.began(Verb.RELEASE, file);
        life.ended(Verb.RELEASE, file);
    }

    @Test
    void aLifeAsItShouldBeHasNoFindings() {
        open();
        life.began(Verb.READ, file);
        life.ended(Verb.READ, file);
        life.removerCalls();
        release();
        tearDown();
        life.removerReturned(true);
        assertEquals(List.of(), kinds());
        assertEquals(3, life.calls());
    }

    @Test
    void aVerbBeforeTheRegistrationIsFound() {
        life.began(Verb.OPEN, file);
        assertEquals(List.of(Finding.Kind.OUTSIDE_LIFE), kinds());
    }

    @Test
    void aVerbThatOverlapsWithTheTeardownIsFoundAtItsEnd() {
        open();
        life.began(Verb.READ, file);
        life.teardownBegins();
        life.ended(Verb.READ, file);
        assertEquals(List.of(Finding.Kind.OUTSIDE_LIFE), kinds());
    }

    @Test
    void aRemoverThatReturnsBeforeTheTeardownIsFound() {
        open();
        release();
        life.removerCalls();
        life.teardownBegins();
        life.removerReturned(true);
        assertEquals(List.of(Finding.Kind.EARLY_RETURN), kinds());
    }

    @Test
    void aRemoverThatReturnsWhileAVerbIsInsideIsFound() {
        open();
        life.began(Verb.READ, file);
        life.removerCalls();
        release();
        tearDown();
        life.removerReturned(true);
        Finding first = findings.all().get(0);
        assertEquals(Finding.Kind.EARLY_RETURN, first.kind());
        assertTrue(first.what().contains("read began 1 and ended 0 times"), first::what);
    }

    @Test
    void aSecondTeardownIsFound() {
        life.registered();
        tearDown();
        tearDown();
        assertEquals(List.of(Finding.Kind.TEARDOWN_NOT_ONCE), kinds());
    }

    @Test
    void aFileThatTheRemovalDidNotReleaseIsFound() {
        open();
        life.removerCalls();
        tearDown();
        life.removerReturned(true);
        assertEquals(List.of(Finding.Kind.RELEASE_NOT_ONCE), kinds());
    }

    @Test
    void aLateReleaseAfterTheRemovalIsTheDriversChoice() {
        life.releasesLate();
        open();
        life.removerCalls();
        tearDown();
        life.removerReturned(true);
        assertTrue(life.isOpen(file), "nobody has closed it yet");
        release();
        assertEquals(List.of(), kinds());
    }

    @Test
    void aLateReleaseThatComesTwiceIsFound() {
        life.releasesLate();
        open();
        life.removerCalls();
        tearDown();
        life.removerReturned(true);
        release();
        release();
        assertEquals(List.of(Finding.Kind.RELEASE_NOT_ONCE), kinds());
    }

    @Test
    void aLateReleaseBeforeTheLastCallHasEndedIsFound() {
        life.releasesLate();
        open();
        life.began(Verb.READ, file);
        life.removerCalls();
        release();
        life.ended(Verb.READ, file);
        assertEquals(List.of(Finding.Kind.RELEASE_NOT_ONCE), kinds());
    }

    @Test
    void aReleaseThatBeganBeforeTheRemovalIsWaitedForAlsoWithLateRelease() {
        life.releasesLate();
        open();
        life.releasing(file);
        life.began(Verb.RELEASE, file);
        life.removerCalls();
        tearDown();
        life.removerReturned(true);
        Finding first = findings.all().get(0);
        assertEquals(Finding.Kind.EARLY_RETURN, first.kind());
        assertTrue(first.what().contains("release began 1 and ended 0 times"), first::what);
    }

    @Test
    void aReleaseAfterTheRemovalOfADriverThatDidNotChooseItIsFoundWithTheRemedy() {
        open();
        life.removerCalls();
        release();
        tearDown();
        life.removerReturned(true);
        life.began(Verb.RELEASE, file);
        Finding found = findings.all().get(0);
        assertEquals(Finding.Kind.OUTSIDE_LIFE, found.kind());
        assertTrue(found.what().contains("lateRelease()"), found::what);
    }

    @Test
    void aSecondReleaseAndAVerbAfterItAreFound() {
        open();
        release();
        release();
        life.began(Verb.WRITE, file);
        assertEquals(
                List.of(Finding.Kind.RELEASE_NOT_ONCE, Finding.Kind.RELEASE_NOT_ONCE), kinds());
    }

    @Test
    void twoRemoversThatBothDidItAreFound() {
        life.registered();
        life.removerCalls();
        life.removerCalls();
        tearDown();
        life.removerReturned(true);
        life.removerReturned(true);
        assertEquals(List.of(Finding.Kind.TOLD_NOT_ONCE), kinds());
    }

    @Test
    void removersOfWhomNobodyDidItAreFound() {
        life.registered();
        life.removerCalls();
        tearDown();
        life.removerReturned(false);
        assertEquals(List.of(Finding.Kind.TOLD_NOT_ONCE), kinds());
    }

    private DeviceLife child() {
        DeviceLife child = new DeviceLife("child", 1, findings);
        child.childOf(life);
        child.registered();
        return child;
    }

    @Test
    void aChildIsRemovedWithItsParentAndTornDownFirst() {
        life.registered();
        DeviceLife child = child();
        life.removerCalls();
        assertTrue(child.isRemovalCalled(), "callers of the child may get ENODEV now");
        child.teardownBegins();
        child.teardownEnds();
        tearDown();
        life.removerReturned(true);
        child.parentRemoverReturned();
        child.removerCalls();
        child.removerReturned(false); // the parent's remover did it
        assertEquals(List.of(), kinds());
    }

    @Test
    void aParentThatIsTornDownBeforeItsChildIsFound() {
        life.registered();
        DeviceLife child = child();
        life.removerCalls();
        life.teardownBegins();
        child.teardownBegins();
        child.teardownEnds();
        life.teardownEnds();
        assertEquals(List.of(Finding.Kind.TEARDOWN_ORDER), kinds());
        assertTrue(findings.all().get(0).what().contains("child was ALIVE"));
    }

    @Test
    void aChildThatOutlivesTheRemovalOfItsParentIsFound() {
        life.registered();
        DeviceLife child = child();
        child.parentRemoverReturned();
        assertEquals(List.of(Finding.Kind.EARLY_RETURN), kinds());
    }

    @Test
    void aChildThatIsRemovedBeforeItsRegistrationStaysRemoved() {
        life.registered();
        DeviceLife child = new DeviceLife("child", 1, findings);
        child.childOf(life);
        child.teardownBegins();
        child.teardownEnds();
        child.registered();
        tearDown();
        child.parentRemoverReturned();
        assertEquals(List.of(), kinds());
    }

    @Test
    void everyVerbIsWatched() throws Exception {
        for (Method verb : FileOperations.class.getMethods()) {
            assertEquals(
                    WatchedDriver.class,
                    WatchedDriver.class
                            .getMethod(verb.getName(), verb.getParameterTypes())
                            .getDeclaringClass(),
                    verb.getName() + " reaches the driver behind the oracle's back");
        }
    }

    @Test
    void whatAVerbMustNotAnswerIsFound() throws Exception {
        FileOperations wrong =
                new FileOperations() {
                    @Override
                    public int fsync(
                            OpenFile opened, boolean dataOnly, org.cdevgate.gate.Call call) {
                        return 1;
                    }

                    @Override
                    public int flush(OpenFile opened, org.cdevgate.gate.Call call)
                            throws ErrnoException {
                        throw ErrnoException.of(38); // ENOSYS
                    }

                    @Override
                    public int poll(OpenFile opened, org.cdevgate.gate.Call call) {
                        throw new IllegalStateException("broken");
                    }
                };
        life.registered();
        FopsGate gate = FopsGate.of("dev0", new WatchedDriver(wrong, life, thrown -> false));
        OpenFile opened = gate.front().open(0, Caller.local());
        gate.front().poll(opened, Caller.local(), null);
        for (Verb verb : List.of(Verb.FSYNC, Verb.FLUSH)) {
            try {
                if (verb == Verb.FSYNC) {
                    gate.front().fsync(opened, false, Caller.local());
                } else {
                    gate.front().flush(opened, Caller.local());
                }
                throw new AssertionError(verb + " was answered as if it had succeeded");
            } catch (ErrnoException e) {
                assertTrue(e.errno() > 0);
            }
        }
        assertEquals(
                List.of(
                        Finding.Kind.UNEXPECTED_EXCEPTION,
                        Finding.Kind.RESULT_OUT_OF_RANGE,
                        Finding.Kind.UNEXPECTED_EXCEPTION),
                kinds());
    }
}
