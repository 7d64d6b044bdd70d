package org.cdevgate.examples.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.IoctlCommand;
import org.cdevgate.device.Device;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;
import org.cdevgate.gate.calls.Verb;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A camera with a node for pictures, one for their metadata, and one for its lens. */
@Timeout(60)
class CameraCaseTest {
    private static final List<String> NODES = List.of("video0", "video1", "v4l-subdev0");
    private static final int DEQUEUE = IoctlCommand.iowr('V', 17, 64);

    private final TestMachine machine = new TestMachine();
    private OpenFile metadata;

    private final class Node implements FileOperations {
        private final WaitQueue frames = new WaitQueue("frames");

        /** Takes a picture with its metadata, which it reads from the other node. */
        @Override
        public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call)
                throws ErrnoException {
            return TestMachine.read(metadata);
        }

        @Override
        public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
            return call.wouldBlock(frames);
        }
    }

    private Device plugCamera() {
        return machine.plug(
                "camera",
                bound -> {
                    bound.devres().addAction("power", () -> machine.events.add("power off"));
                    for (String each : NODES) {
                        machine.misc.register(bound, each, 0600, new Node());
                    }
                });
    }

    /**
     * Without the library: the nodes are removed one after the other, so the first waits for a call
     * that only the removal of the second would end; or nobody waits, and the last close of one
     * node frees what the others use.
     */
    @Test
    void theNodesGoAsOneThoughACallInOneWaitsForAnother() throws Exception {
        Device camera = plugCamera();
        metadata = machine.open("video1");
        FopsGate video = machine.gate("video0");
        OpenFile picture = machine.open("video0");
        OpenFile lens = machine.open("v4l-subdev0");
        FutureTask<Integer> dequeue = TestMachine.begin(() -> TestMachine.ioctl(picture, DEQUEUE));
        FutureTask<Integer> reader = TestMachine.begin(() -> TestMachine.read(lens));
        TestMachine.untilAsleep(metadata.gate(), Verb.READ, 1);
        TestMachine.untilAsleep(lens.gate(), Verb.READ, 1);
        assertEquals(
                1,
                video.callsInFlight().size(),
                "the dequeue is inside the first node, and no queue of that node's holds it");

        assertTrue(camera.unbind());

        assertEquals(Errno.ENODEV.number(), TestMachine.errnoOf(dequeue));
        assertEquals(Errno.ENODEV.number(), TestMachine.errnoOf(reader));
        for (OpenFile each : List.of(picture, metadata, lens)) {
            TestMachine.expectGone(each);
        }
        assertEquals(List.of("remove camera", "power off"), machine.events);
        assertEquals(List.of(), machine.devices.devices());
    }

    /** Without the library: each driver writes its own undoing of half a registration. */
    @Test
    void aNodeThatCannotBeRegisteredTakesTheOthersBack() {
        machine.misc.register("v4l-subdev0", new FileOperations() {}); // somebody was faster
        assertThrows(AssertionError.class, this::plugCamera, "bound without one of its nodes");
        assertEquals(List.of("power off"), machine.events);
        assertEquals(List.of("v4l-subdev0"), names());
    }

    private List<String> names() {
        return machine.devices.devices().stream().map(each -> each.name()).toList();
    }
}
