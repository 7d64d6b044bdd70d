package org.cdevgate.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.removal.RemovalProfile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A profile is data that cannot be wrong. */
class RemovalProfileTest {
    private static final RemovalProfile EVDEV = RemovalProfile.EVDEV;

    private static void assertRefused(String naming, Supplier<RemovalProfile> profile) {
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, profile::get);
        assertTrue(refusal.getMessage().contains(naming), () -> "which? " + refusal.getMessage());
    }

    @Test
    void theDefaultIsTheContractOfTheGate() {
        FopsGate gate = FopsGate.of("mouse", new FileOperations() {});
        assertSame(EVDEV, gate.removalProfile());
        for (Verb verb :
                new Verb[] {
                    Verb.OPEN, Verb.READ, Verb.WRITE, Verb.LLSEEK, Verb.IOCTL, Verb.MMAP, Verb.FSYNC
                }) {
            assertEquals(-Errno.ENODEV.number(), EVDEV.later(verb), verb::toString);
            assertEquals(-Errno.ENODEV.number(), EVDEV.blocked(verb), verb::toString);
        }
        int gone = PollEvents.POLLERR | PollEvents.POLLHUP;
        assertEquals(gone, EVDEV.later(Verb.POLL));
        assertEquals(gone, EVDEV.blocked(Verb.POLL));
        assertEquals(0, EVDEV.later(Verb.FLUSH), "close(2) of a dead descriptor fails");
        assertEquals(0, EVDEV.later(Verb.RELEASE));
        assertFalse(EVDEV.isUnreadDelivered());
    }

    @Test
    void eachProfileHasANameOfItsOwn() {
        Set<String> names = new HashSet<>();
        for (RemovalProfile profile : RemovalProfile.all()) {
            assertTrue(names.add(profile.name()), () -> "two are called " + profile.name());
            assertEquals("removal profile " + profile.name(), profile.toString());
        }
        assertEquals(
                Set.of("evdev", "gpio", "hidraw", "tty", "v4l2", "alsa", "bsd"),
                names,
                "a profile is missing from all()");
        assertEquals("my evdev", EVDEV.withName("my evdev").name());
        assertRefused("name", () -> EVDEV.withName(""));
    }

    @Test
    void aChangeIsACopy() {
        RemovalProfile changed =
                EVDEV.withErrno(Verb.READ, Errno.EIO.number())
                        .withBlockedErrno(Verb.READ, Errno.EINTR.number())
                        .withPoll(PollEvents.POLLHUP, PollEvents.POLLERR)
                        .withUnreadDelivered(true);
        assertEquals(-Errno.EIO.number(), changed.later(Verb.READ));
        assertEquals(-Errno.EINTR.number(), changed.blocked(Verb.READ));
        assertEquals(PollEvents.POLLHUP, changed.later(Verb.POLL));
        assertEquals(PollEvents.POLLERR, changed.blocked(Verb.POLL));
        assertTrue(changed.isUnreadDelivered());
        theDefaultIsTheContractOfTheGate();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -5, ErrnoException.MAX_ERRNO + 1, Integer.MIN_VALUE})
    void anErrnoOutOfRangeIsRefused(int errno) {
        assertRefused(Integer.toString(errno), () -> EVDEV.withErrno(Verb.READ, errno));
        assertRefused(Integer.toString(errno), () -> EVDEV.withLaterErrno(Verb.READ, errno));
        assertRefused(Integer.toString(errno), () -> EVDEV.withBlockedErrno(Verb.READ, errno));
    }

    @ParameterizedTest
    @EnumSource(names = {"READ", "IOCTL", "OPEN", "FSYNC"})
    void enosysIsRefused(Verb verb) {
        assertRefused("ENOSYS", () -> EVDEV.withErrno(verb, Errno.ENOSYS.number()));
    }

    @ParameterizedTest
    @EnumSource(names = {"RELEASE", "ENTERED", "HOLD", "WAKE_HOOK", "CANCEL", "TEARDOWN"})
    void whatNoCallerSeesHasNoAnswer(Verb verb) {
        assertRefused(verb.toString(), () -> EVDEV.withErrno(verb, Errno.EIO.number()));
        assertRefused(verb.toString(), () -> EVDEV.withResult(verb, 0));
        if (verb != Verb.RELEASE) {
            assertThrows(IllegalArgumentException.class, () -> EVDEV.later(verb));
            assertThrows(IllegalArgumentException.class, () -> EVDEV.blocked(verb));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"OPEN", "MMAP"})
    void whatNeedsTheDeviceCannotSucceed(Verb verb) {
        assertRefused(verb.toString(), () -> EVDEV.withResult(verb, 0));
    }

    @ParameterizedTest
    @EnumSource(names = {"READ", "FLUSH", "FSYNC"})
    void aResultThatSaysMoreThanThereIsIsRefused(Verb verb) {
        assertEquals(0, EVDEV.withResult(verb, 0).blocked(verb));
        assertRefused("result 1", () -> EVDEV.withResult(verb, 1));
    }

    @ParameterizedTest
    @EnumSource(names = {"READ", "WRITE", "LLSEEK", "IOCTL", "FLUSH", "FSYNC"})
    void aNegativeResultIsRefused(Verb verb) {
        assertRefused("result -1", () -> EVDEV.withResult(verb, -1));
        assertRefused("result -1", () -> EVDEV.withLaterResult(verb, -1));
        assertRefused("result -1", () -> EVDEV.withBlockedResult(verb, -1));
    }

    @Test
    void eventsThatWakeNobodyAreRefused() {
        int gone = PollEvents.POLLHUP;
        assertRefused("POLLIN", () -> EVDEV.withPoll(PollEvents.POLLIN, gone));
        assertRefused("0", () -> EVDEV.withPoll(gone, 0));
        assertRefused("0x10010", () -> EVDEV.withPoll(1 << 16 | gone, gone));
        assertRefused("withPoll", () -> EVDEV.withErrno(Verb.POLL, Errno.EIO.number()));
        assertRefused("withPoll", () -> EVDEV.withResult(Verb.POLL, gone));
    }
}
