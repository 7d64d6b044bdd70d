package org.cdevgate.drivers.proxy;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.cdevgate.drivers.kind.DeviceKinds;
import org.cdevgate.drivers.kind.KindDevice;
import org.cdevgate.fuse.DeviceMount;
import org.cdevgate.fuse.DeviceNode;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.CallInFlight;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Programs on a real terminal that is unplugged and is not. */
@Timeout(120)
class ProxyIT {
    @TempDir Path folder;
    private DeviceMount dev;
    private Pty pty;
    private FopsGate gate;

    @BeforeEach
    void plug() throws Exception {
        dev =
                DeviceMount.builder(Files.createDirectory(folder.resolve("dev")))
                        .callerMemory(true)
                        .mount();
        pty = new Pty().raw();
        gate = plug("proxy=" + pty.path());
    }

    @AfterEach
    void unplug() throws IOException {
        dev.close();
        pty.close();
    }

    private FopsGate plug(String kind) throws IOException {
        KindDevice device = DeviceKinds.load(DeviceKinds.class.getClassLoader()).make(kind);
        FopsGate made = device.configure(FopsGate.builder("ttyS9", device.driver())).build();
        dev.register(made, DeviceNode.named("ttyS9"));
        return made;
    }

    private Process start(String command) throws IOException {
        Process process =
                new ProcessBuilder("sh", "-c", command, "sh", dev.path("ttyS9").toString())
                        .redirectErrorStream(true)
                        .start();
        process.getOutputStream().close();
        return process;
    }

    private static String end(Process process) throws Exception {
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it hangs");
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                + "exit "
                + process.exitValue();
    }

    @Test
    void aTerminalIsOneAlsoByItsProxy() throws Exception {
        assertEquals("exit 0", end(start("stty -F \"$1\" rows 50 cols 132 -icanon min 1")));
        assertEquals("50 132\nexit 0", end(start("stty -F \"$1\" size")));
        assertEquals("exit 0", end(start("test -t 0 <\"$1\"")));
        assertEquals("exit 0", end(start("printf hello >\"$1\"")));
        await().until(() -> pty.heard(100).equals("hello"));
    }

    /** As at a hang-up of a terminal: the end of the file, and no error. */
    @Test
    void aProgramAsleepInItIsWokenByTheRemoval() throws Exception {
        Process cat = start("cat \"$1\"");
        await().until(() -> gate.callsInFlight().stream().anyMatch(CallInFlight::isThreadless));
        gate.unregisterSync();
        assertEquals("exit 0", end(cat));
        gate = plug("proxy=" + pty.path());
        Process head = start("head -c 4 \"$1\"");
        pty.say("back");
        assertEquals("backexit 0", end(head));
    }
}
