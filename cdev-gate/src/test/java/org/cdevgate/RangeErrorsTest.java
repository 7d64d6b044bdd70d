package org.cdevgate;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.cdevgate.abi.CString;
import org.cdevgate.abi.DevicePath;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.IoctlCommand;
import org.cdevgate.abi.NodeMode;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.async.WorkQueue;
import org.cdevgate.cdev.CharDevices;
import org.cdevgate.cdev.DeviceNumber;
import org.cdevgate.device.DeviceModel;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.GateBuilder;
import org.cdevgate.gate.GateGroup;
import org.cdevgate.gate.UnreadQueue;
import org.cdevgate.gate.WaitQueue;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.front.Caller;
import org.cdevgate.gate.removal.RemovalProfile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Whoever passes a value out of range is told which argument, which value, and what to give. */
class RangeErrorsTest {
    private static void refused(Executable call, String... parts) {
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, call);
        for (String each : parts) {
            assertTrue(
                    refused.getMessage().contains(each),
                    () -> "\"" + refused.getMessage() + "\" does not tell \"" + each + "\"");
        }
    }

    @Test
    void numbersOfLinux() {
        refused(() -> ErrnoException.of(512), "errno 512", "1..511");
        refused(() -> IoctlCommand.ior('K', 1, -1), "size -1", "0..16383");
        refused(() -> IoctlCommand.io(256, 1), "type 256", "0..255");
        refused(() -> IoctlCommand.io(0, -2), "nr -2", "0..255");
        refused(() -> CString.put(ByteBuffer.allocate(8), 0, 0, ""), "size 0", "1 or more");
        refused(() -> new DeviceNumber(-1, 0), "-1:0", "majors are 0 to 4095");
        refused(() -> RemovalProfile.EVDEV.withErrno(Verb.READ, 600), "errno 600", "1..511");
        refused(() -> RemovalProfile.EVDEV.withResult(Verb.READ, 5), "result 5", "read", "give 0");
        refused(() -> RemovalProfile.EVDEV.withPoll(PollEvents.POLLIN, 0), "POLLIN", "POLLERR");
    }

    @Test
    void modesAndNames() {
        for (int decimal : new int[] {600, 644, 660, 666, 777}) {
            refused(() -> NodeMode.check(decimal), "mode " + decimal, "write it", "0" + decimal);
        }
        for (int good : new int[] {0, 0600, 0644, 0666, 0777, 01777, 07777}) {
            NodeMode.check(good);
        }
        refused(() -> NodeMode.check(-1), "mode 0", "give 0 to 07777");
        refused(() -> NodeMode.check(010000), "mode 010000", "give 0 to 07777");
        refused(() -> DevicePath.check("/dev/x"), "\"/dev/x\"", "absolute", "input/event0");
        refused(() -> DevicePath.check("../x"), "\"../x\"", "..", "input/event0");
        refused(() -> DevicePath.check(""), "\"\"", "empty");
        refused(() -> FopsGate.of("", new FileOperations() {}), "name", "empty");
        refused(() -> new DeviceModel().bus(""), "name", "empty");
        refused(() -> new DeviceModel().bus("b").newDevice(""), "deviceName", "empty");
        refused(() -> new WaitQueue(""), "name", "empty");
        refused(() -> RemovalProfile.EVDEV.withName(""), "newName", "empty");
    }

    @Test
    void aRegistryRefusesAModeWithoutItsZeroBeforeAnybodySeesTheDevice() {
        CharDevices devices = new CharDevices();
        refused(() -> devices.registerRegion(1, 0, 0, "x"), "count 0", "1 or more");
        devices.registerRegion(1, 0, 1, "x");
        FopsGate gate = FopsGate.of("x", new FileOperations() {});
        refused(() -> devices.add(gate, new DeviceNumber(1, 0), "x", 666), "mode 666", "0666");
        assertTrue(devices.devices().isEmpty());
        assertTrue(gate.isRemoved(), "it cannot be published any more");
    }

    @Test
    void countsAndTimes() throws Exception {
        FopsGate gate = FopsGate.of("x", new FileOperations() {});
        GateBuilder builder = FopsGate.builder("y", new FileOperations() {});
        WaitQueue queue = new WaitQueue("readable");
        refused(() -> queue.wakeUp(0), "exclusive 0", "readable", "1 or more");
        refused(() -> UnreadQueue.ofRecords(0), "most 0", "records", "1 or more");
        refused(() -> UnreadQueue.ofBytes(-1), "most -1", "bytes", "1 or more");
        refused(() -> gate.hold(""), "tag", "empty");
        refused(() -> builder.slowDrain(Duration.ZERO), "threshold PT0S", "more than zero");
        refused(() -> WorkQueue.alloc(gate, "work", 0), "maxActive 0", "1 or more");
        refused(() -> gate.front().newFile(0, Caller.local(), -1), "minor -1", "0 or more");
        refused(
                () -> gate.front().newFile(0, Caller.local()).unmapMappingRange(-1, 2),
                "offset -1",
                "length 2",
                "0 or more");
        refused(() -> GateGroup.of(List.of()), "gates", "empty");
        assertTrue(gate.unregisterSync());
    }
}
