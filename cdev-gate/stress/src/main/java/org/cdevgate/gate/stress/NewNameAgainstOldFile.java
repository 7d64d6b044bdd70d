package org.cdevgate.gate.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.front.Caller;
import org.cdevgate.gate.front.RemovalListener;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/*
   A device is unplugged and plugged in again while a process has it open. The name is free from the
   flag on, so the new device gets it although the old one is not drained yet. The process looks the
   name up and asks whatever gate it finds there with the file that it has, as a front would that
   keeps names and files apart; then it opens the name anew. The old file must never reach the new
   device, nor any file a device that is gone.

   Run it alone:  bash cdev-gate/stress/run.sh -t NewNameAgainstOldFile
*/
@JCStressTest
@Description("An old file and its name are used while the name is registered anew.")
@Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "All before the removal.")
@Outcome(id = "1, (2|-2|-19), 1", expect = ACCEPTABLE, desc = "The removal came in between.")
@Outcome(id = "-19, (2|-2|-19), 1", expect = ACCEPTABLE, desc = "The old file is dead.")
@Outcome(id = "-2, (2|-2), 1", expect = ACCEPTABLE, desc = "Looked up between the two.")
@Outcome(id = "-22, 2, 1", expect = ACCEPTABLE, desc = "The new gate refuses the old file.")
@Outcome(id = "2, .*, .*", expect = FORBIDDEN, desc = "The old file reached the new device.")
@Outcome(
        id = {"0, .*, .*", ".*, 0, .*"},
        expect = FORBIDDEN,
        desc = "A file reached a device that is gone.")
@Outcome(id = ".*, .*, 0", expect = FORBIDDEN, desc = "The name is not free after the flag.")
@Outcome(expect = FORBIDDEN, desc = "Looked up later, found earlier.")
@State
public class NewNameAgainstOldFile {
    private static final String NAME = "device";
    private static final int NO_ENTRY = -2;
    private static final int FOREIGN_FILE = -22;

    /** What a front has of names; an entry goes when its gate is flagged. */
    private static final class NameTable {
        private final ConcurrentMap<String, FopsGate> gates = new ConcurrentHashMap<>();

        boolean register(FopsGate gate) {
            try {
                gate.front()
                        .addRemovalListener(
                                new RemovalListener() {
                                    @Override
                                    public void onFlagged() {
                                        gates.remove(gate.name(), gate);
                                    }
                                });
            } catch (ErrnoException e) {
                throw new AssertionError("nobody else removes it", e);
            }
            return gates.putIfAbsent(gate.name(), gate) == null;
        }
    }

    /** Answers its number, or 0 if it is gone. */
    private static final class Numbered implements FileOperations {
        private int number; // no volatile: the teardown and the verbs are ordered
        final FopsGate gate =
                FopsGate.builder(NAME, this).onTeardown(() -> this.number = 0).build();

        Numbered(int number) {
            this.number = number;
        }

        @Override
        public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
            Spin.upTo(64, this);
            return number;
        }
    }

    private final NameTable names = new NameTable();
    private final Numbered old = new Numbered(1);
    private final Numbered replugged = new Numbered(2);
    private final ByteBuffer buffer = ByteBuffer.allocate(2);
    private final OpenFile oldFile = BeforeRemoval.open(old.gate);

    /** The old device has the name before the actors begin. */
    public NewNameAgainstOldFile() {
        names.register(old.gate);
    }

    @Actor
    public void process(III_Result r) {
        Spin.upTo(256, this); // a removal takes a while to its flag
        r.r1 = ask(oldFile);
        r.r2 = ask(null);
    }

    private int ask(OpenFile opened) {
        FopsGate found = names.gates.get(NAME);
        if (found == null) {
            return NO_ENTRY;
        }
        try {
            OpenFile file = opened == null ? found.front().open(0, Caller.local()) : opened;
            return found.front().read(file, buffer, 0, Caller.local());
        } catch (ErrnoException e) {
            return -e.errno();
        } catch (IllegalArgumentException e) {
            return FOREIGN_FILE;
        }
    }

    @Actor
    public void owner(III_Result r) {
        old.gate.beginRemoval();
        r.r3 = names.register(replugged.gate) ? 1 : 0;
        old.gate.awaitRemoval();
    }
}
