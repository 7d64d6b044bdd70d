package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.fuse.harness.Shell;
import org.cdevgate.fuse.harness.Within;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.GateGroup;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;
import org.cdevgate.gate.calls.Verb;
import org.junit.jupiter.api.Test;

/** Drivers with several nodes, behind one gate and behind a group of gates. */
class SeveralNodesIT extends MountBase {
    /** Minors 0 and 1 read as their number; the others sleep for ever. */
    private static final class Numbered implements FileOperations {
        private final WaitQueue never = new WaitQueue("never");

        @Override
        public int read(OpenFile file, ByteBuffer dst, long position, Call call)
                throws ErrnoException {
            if (file.minor() > 1) {
                return call.wouldBlock(never);
            }
            byte[] text = ("minor " + file.minor()).getBytes(StandardCharsets.US_ASCII);
            dst.put(text);
            return text.length;
        }
    }

    @Test
    void oneGateServesSeveralNodesAndItsRemovalTakesAllOfThem() throws Exception {
        FopsGate gate = FopsGate.of("numbered", new Numbered());
        for (int minor = 0; minor < 3; minor++) {
            mount.register(gate, DeviceNode.named("node" + minor).minor(minor), null);
        }
        assertEquals(List.of(gate), mount.mount().gates(), "one device, told three times");
        for (int minor = 0; minor < 2; minor++) {
            assertEquals(
                    "minor " + minor,
                    Shell.run("head -c 7 \"$1\"", mount.path("node" + minor)).expect(0));
        }
        try (Shell sleeper = Shell.start("cat \"$1\"", mount.path("node2"))) {
            TestMount.awaitAsleep(gate, Verb.READ, 1);
            remove(gate);
            sleeper.await().expectFailure("No such device");
        }
        for (int minor = 0; minor < 3; minor++) {
            Shell.run("cat \"$1\"", mount.path("node" + minor))
                    .expectFailure("No such file or directory");
        }
    }

    @Test
    void aGroupOfGatesIsRemovedUnderItsSleepers() throws Exception {
        Numbered driver = new Numbered();
        FopsGate video = FopsGate.of("video0", driver);
        FopsGate metadata = FopsGate.of("video1", driver);
        mount.register(video, DeviceNode.named("video0").minor(2), null);
        mount.register(metadata, DeviceNode.named("video1").minor(3), null);
        try (Shell one = Shell.start("cat \"$1\"", mount.path("video0"));
                Shell two = Shell.start("cat \"$1\"", mount.path("video1"))) {
            TestMount.awaitAsleep(video, Verb.READ, 1);
            TestMount.awaitAsleep(metadata, Verb.READ, 1);
            GateGroup camera = GateGroup.of(video, metadata);
            Within.run("unregisterSync() of the camera", camera::unregisterSync);
            assertTrue(camera.isRemoved());
            one.await().expectFailure("No such device");
            two.await().expectFailure("No such device");
        }
    }
}
