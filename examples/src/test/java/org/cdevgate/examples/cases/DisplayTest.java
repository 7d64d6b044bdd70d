package org.cdevgate.examples.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.cdev.NumberRegion;
import org.cdevgate.device.Device;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.front.Caller;
import org.cdevgate.revocable.Revocable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A display as a DRM driver: the driver's object lives as long as a process has the node open, so
 * it outlives the hardware, which it reaches only through a {@link Revocable}.
 */
@Timeout(60)
class DisplayTest {
    private final TestMachine machine = new TestMachine();

    /** The display's registers; using them after their release is a bus error. */
    private static final class Registers {
        boolean mapped = true;
        int writes;

        void scanOut(int buffer) {
            assertTrue(mapped, "bus error: register written after it was unmapped, " + buffer);
            writes++;
        }
    }

    /** The driver's object. */
    private final class Display implements FileOperations {
        private final Revocable<Registers> registers;

        Display(Revocable<Registers> registers) {
            this.registers = registers;
        }

        /** Shows a buffer, if there is still something to show it on. */
        boolean flip(int buffer) {
            return registers
                    .tryAccess(
                            now -> {
                                now.scanOut(buffer);
                                return true;
                            })
                    .orElse(false);
        }

        /** At the last close, which may come long after the hardware went: blanks the screen. */
        @Override
        public void release(OpenFile file, Call call) {
            machine.events.add(flip(0) ? "blanked" : "nothing to blank");
        }
    }

    /**
     * Without the library: the last close, a fence or a vblank worker writes to registers that were
     * unmapped at the unplug; DRM's drivers put drm_dev_enter() around each access by hand, and
     * those that forget one crash.
     */
    @Test
    void theObjectOutlivesTheHardwareAndDoesNotTouchItAnyMore() throws Exception {
        Registers hardware = new Registers();
        Display[] made = new Display[1];
        NumberRegion region = machine.devices.allocRegion(0, 1, "drm");
        Device device =
                machine.plug(
                        "card0",
                        bound -> {
                            Display display =
                                    new Display(
                                            Revocable.managed(
                                                    "registers",
                                                    bound,
                                                    hardware,
                                                    gone -> gone.mapped = false));
                            made[0] = display;
                            FopsGate gate =
                                    FopsGate.builder("card0", display).lateRelease().build();
                            machine.devices.add(
                                    bound.addGate(gate), region.number(0), "card0", 0600);
                        });
        OpenFile closedBefore = machine.open("card0");
        FopsGate gate = closedBefore.gate();
        gate.front().close(closedBefore);
        OpenFile kept = machine.open("card0");
        assertTrue(made[0].flip(1));
        assertEquals(2, hardware.writes);

        assertTrue(device.remove());

        assertFalse(hardware.mapped);
        assertFalse(made[0].flip(2), "a vblank worker of the object's, after the unplug");
        assertEquals(
                PollEvents.POLLERR | PollEvents.POLLHUP,
                gate.front().poll(kept, Caller.local(), null));
        gate.front().close(kept);
        assertEquals(
                List.of("blanked", "remove card0", "nothing to blank"),
                machine.events,
                "the late release");
        assertEquals(2, hardware.writes);
    }
}
