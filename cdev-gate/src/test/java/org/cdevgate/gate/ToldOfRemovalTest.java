package org.cdevgate.gate;

import static org.cdevgate.gate.Answers.assertErrno;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.front.Caller;
import org.cdevgate.gate.removal.RemovalProfile;
import org.cdevgate.gate.removal.SelfRemoval;
import org.junit.jupiter.api.Test;

/** A driver that learns of the removal in its sleep may still answer for itself. */
class ToldOfRemovalTest {
    private static final RemovalProfile TTY = RemovalProfile.TTY;

    private final WaitQueue readable = new WaitQueue("readable");

    private interface Reaction {
        int to(ErrnoException removal) throws ErrnoException;
    }

    private FopsGate gate(RemovalProfile profile, Reaction reaction) {
        FileOperations driver =
                (Reading)
                        (file, call) -> {
                            try {
                                call.await(readable, () -> false);
                                return 0;
                            } catch (ErrnoException e) {
                                return reaction.to(e);
                            }
                        };
        return FopsGate.builder("modem", driver).removalProfile(profile).build();
    }

    private Background<Integer> removedUnderAReader(FopsGate gate) throws Exception {
        Background<Integer> reader = Answers.startReading(gate);
        Eventually.asleep(readable, 1);
        assertTrue(gate.unregisterSync());
        return reader;
    }

    @Test
    void whatItHandsOnIsTheProfilesAnswer() throws Exception {
        FopsGate gate =
                gate(
                        TTY,
                        removal -> {
                            throw removal;
                        });
        assertEquals(0, removedUnderAReader(gate).result(), "no end of file");
    }

    @Test
    void soIsAnEnodevOfItsOwn() throws Exception {
        FopsGate gate =
                gate(
                        TTY,
                        removal -> {
                            throw new ErrnoException(Errno.ENODEV, "unplugged");
                        });
        assertEquals(0, removedUnderAReader(gate).result(), "no end of file");
    }

    @Test
    void soIsThatOfACallThatIsLeftOut() throws Exception {
        FopsGate gate =
                Reading.builder(
                                "modem",
                                (file, call) -> {
                                    file.gate().unregisterSync(SelfRemoval.LEAVE_OUT);
                                    call.await(readable, () -> false);
                                    return 1;
                                })
                        .removalProfile(TTY)
                        .build();
        assertEquals(0, Answers.read(Answers.open(gate)), "no end of file");
    }

    @Test
    void aShortReadIsItsResult() throws Exception {
        FopsGate gate = gate(TTY, removal -> 3);
        assertEquals(3, removedUnderAReader(gate).result(), "data was lost");
    }

    @Test
    void anotherErrnoIsItsAnswer() throws Exception {
        FopsGate gate =
                gate(
                        TTY,
                        removal -> {
                            throw Errno.EPROTO.exception();
                        });
        assertErrno(Errno.EPROTO, removedUnderAReader(gate).failure(), "the driver's own answer");
    }

    /** It may mean something else by it, such as a device behind it. */
    @Test
    void enodevOfADriverThatWasNotToldIsItsAnswer() throws Exception {
        FopsGate gate =
                Reading.builder(
                                "modem",
                                (file, call) -> {
                                    file.gate().beginRemoval();
                                    throw Errno.ENODEV.exception();
                                })
                        .removalProfile(TTY)
                        .build();
        OpenFile file = Answers.open(gate);
        assertErrno(Errno.ENODEV, () -> Answers.read(file), "the driver's own answer");
        gate.awaitRemoval();
    }

    /** The next call on the thread is another device's, in the same frame. */
    @Test
    void whatOneCallWasToldIsForgottenInTheNext() throws Exception {
        FopsGate gone =
                gate(
                        TTY,
                        removal -> {
                            throw removal;
                        });
        FopsGate living = withoutACable();
        OpenFile first = Answers.open(gone);
        OpenFile second = Answers.open(living);
        Background<Integer> reader =
                Background.start(
                        () -> {
                            assertEquals(0, Answers.read(first));
                            return Answers.read(second);
                        });
        Eventually.asleep(readable, 1);
        gone.unregisterSync();
        assertErrno(Errno.ENODEV, reader.failure(), "an answer of another device's removal");
    }

    /** A release on the remover; the thread's next call is another device's, in the same frame. */
    @Test
    void whatAReleaseWasToldIsForgottenInTheNextCall() throws Exception {
        FopsGate gone =
                Releasing.gate(
                        "gone",
                        (file, call) -> {
                            call.await(readable, () -> false); // for the last bytes to be sent
                        });
        FopsGate living = withoutACable();
        OpenFile file = Answers.open(living);
        Answers.open(gone);
        assertErrno(Errno.ENODEV, () -> Answers.read(file), "before");
        assertTrue(gone.unregisterSync());
        assertErrno(
                Errno.ENODEV, () -> Answers.read(file), "an answer of another device's removal");
    }

    private static FopsGate withoutACable() {
        return Reading.builder(
                        "other",
                        (file, call) -> {
                            throw Errno.ENODEV.exception();
                        })
                .removalProfile(TTY)
                .build();
    }

    /** A driver stacked on another device hands on what that device's removal answered. */
    @Test
    void aDriverOnTopSeesTheAnswerOfTheDeviceBelow() throws Exception {
        FopsGate below =
                gate(
                        TTY,
                        removal -> {
                            throw removal;
                        });
        OpenFile lower = Answers.open(below);
        FopsGate above =
                FopsGate.of(
                        "slip",
                        new FileOperations() {
                            @Override
                            public int read(OpenFile file, ByteBuffer dst, long position, Call call)
                                    throws ErrnoException {
                                return below.front().read(lower, dst, 0, Caller.local()) + 5;
                            }
                        });
        Background<Integer> reader = Answers.startReading(above);
        Eventually.asleep(readable, 1);
        below.unregisterSync();
        assertEquals(5, reader.result());
    }
}
