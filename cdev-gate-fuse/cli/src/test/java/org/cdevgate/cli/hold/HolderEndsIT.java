package org.cdevgate.cli.hold;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.cdevgate.cli.hold.HoldProcess.Result;
import org.cdevgate.cli.protocol.Json;
import org.cdevgate.drivers.kind.DeviceKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How holders end, by whatever, and what their clients do to them. */
class HolderEndsIT {
    private static final Duration LIMIT = Duration.ofSeconds(HoldProcess.LIMIT_SECONDS);
    private static final String AWAIT_READ =
            "\"do\":\"await\",\"for\":\"asleep\",\"call\":\"read\"";

    @TempDir Path runtime;

    private static Process cat(HoldProcess holder, String device) throws Exception {
        Process cat =
                new ProcessBuilder("cat", holder.path(device)).redirectErrorStream(true).start();
        holder.ask(AWAIT_READ + ",\"device\":\"" + device + "\"");
        return cat;
    }

    private static String end(Process process) throws Exception {
        assertTrue(process.waitFor(HoldProcess.LIMIT_SECONDS, TimeUnit.SECONDS), "it hangs");
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static void assertNothingLeft(HoldProcess holder) {
        Path folder = Path.of(holder.ready().get("folder").toString());
        await().atMost(LIMIT)
                .untilAsserted(
                        () -> {
                            String mounts = Files.readString(Path.of("/proc/self/mountinfo"));
                            assertFalse(mounts.contains(folder.toString()), "the mount stays");
                            assertFalse(Files.exists(folder.getParent()), "the folder stays");
                        });
    }

    private List<Path> sockets() throws Exception {
        try (Stream<Path> files = Files.list(runtime.resolve("cdev-gate"))) {
            return files.toList();
        }
    }

    /** Numbers and paths differ from run to run. */
    private static String comparable(String line) {
        return line.replaceAll("\"(pid|drainMicros)\":[0-9]+", "\"$1\":0")
                .replaceAll("\"/[^\"]*/mount(/?[^\"]*)\"", "\"/tmp/m$1\"");
    }

    @Test
    void theSessionOfThePageIsOneThatCanBeHad() throws Exception {
        try (HoldProcess holder = new HoldProcess(runtime, "--device", "e0=echo")) {
            Process cat = new ProcessBuilder("cat", holder.path("e0")).start();
            Map<String, Object> said = holder.ready();
            for (String line : Files.readAllLines(HolderPageTest.PAGE)) {
                if (line.startsWith("> ")) {
                    holder.send(line.substring(2));
                    said = holder.next();
                } else if (line.startsWith("< ")) {
                    assertEquals(comparable(line.substring(2)), comparable(Json.write(said)));
                }
            }
            assertEquals(false, said.get("ok"), "the page's last answer is an error");
            end(cat);
        }
    }

    @Test
    void theEndOfInputUnplugsUnmountsAndDeletes() throws Exception {
        try (HoldProcess holder = new HoldProcess(runtime, "--device", "e0=echo")) {
            Process cat = cat(holder, "e0");
            int waits = holder.begin("\"do\":\"await\",\"for\":\"calls\",\"count\":99");
            assertEquals(0, holder.end());
            assertEquals("ended", HoldProcess.error(holder.answer(waits)).get("code"));
            assertEquals("ended", holder.event().get("event"));
            assertTrue(end(cat).endsWith("No such device\n"));
            assertNothingLeft(holder);
            assertEquals(List.of(), sockets());
        }
    }

    @Test
    void aKilledHolderLeavesNobodyHangingAndItsSocketToTheNextCommand() throws Exception {
        try (HoldProcess holder = new HoldProcess(runtime, "--device", "e0=echo")) {
            Process cat = cat(holder, "e0");
            holder.process().destroyForcibly().waitFor();
            assertNotEquals("", end(cat));
            assertNothingLeft(holder);
            assertEquals(1, sockets().size());
            Result list = HoldProcess.run(runtime, "ls");
            assertEquals(new Result(0, "", ""), list);
            assertEquals(List.of(), sockets());
        }
    }

    @Test
    void aTerminatedHolderCleansUpByItself() throws Exception {
        try (HoldProcess holder = new HoldProcess(runtime, "--device", "e0=echo")) {
            Process cat = cat(holder, "e0");
            holder.process().destroy();
            assertTrue(holder.process().waitFor(HoldProcess.LIMIT_SECONDS, TimeUnit.SECONDS));
            assertTrue(end(cat).endsWith("No such device\n"));
            assertNothingLeft(holder);
            assertEquals(List.of(), sockets());
        }
    }

    @Test
    void twoHoldersOfOneNameAreToldApart() throws Exception {
        try (HoldProcess one = new HoldProcess(runtime, "--device", "e0=echo");
                HoldProcess two = new HoldProcess(runtime, "--device", "e0=echo")) {
            Result which = HoldProcess.run(runtime, "unplug", "e0");
            assertEquals(125, which.exit());
            assertTrue(which.errors().contains("2 holders have a device e0; give --holder"));
            String pid = String.valueOf(two.process().pid());
            assertEquals(0, HoldProcess.run(runtime, "unplug", "e0", "--holder", pid).exit());
            assertEquals("plugged", one.ask("\"do\":\"report\"").get("state"));
            assertEquals("away", two.ask("\"do\":\"report\"").get("state"));
        }
    }

    @Test
    void aCallThatDoesNotReturnIsReportedAfterTheBound() throws Exception {
        Path gone = Files.createFile(runtime.resolve("stuck"));
        Path jar = jarOf(StuckKind.class);
        try (HoldProcess holder =
                new HoldProcess(runtime, "--jar", "" + jar, "--device", "s0=stuck,while=" + gone)) {
            Process cat = new ProcessBuilder("cat", holder.path("s0")).start();
            holder.ask("\"do\":\"await\",\"for\":\"calls\",\"count\":2");
            Map<String, Object> error = holder.refused("\"do\":\"unplug\",\"timeout\":\"100ms\"");
            assertEquals("timeout", error.get("code"));
            assertTrue(error.get("message").toString().contains("read of s0 by pid " + cat.pid()));
            assertTrue(error.get("report").toString().contains("StuckKind"), "no stack");
            assertEquals("going", holder.refused("\"do\":\"plug\"").get("code"));

            Result hung = HoldProcess.run(runtime, "unplug", "s0", "--timeout", "100ms");
            assertEquals(124, hung.exit(), hung.toString());
            assertTrue(hung.errors().contains("StuckKind"), hung.errors());

            int waits = holder.begin("\"do\":\"unplug\",\"timeout\":\"60s\"");
            Files.delete(gone);
            assertEquals(true, holder.answer(waits).get("ok"));
            end(cat);
            holder.ask("\"do\":\"plug\"");
        }
    }

    private Path jarOf(Class<? extends DeviceKind> kind) throws Exception {
        Path jar = runtime.resolve("kind.jar");
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file)) {
            out.putNextEntry(new JarEntry("META-INF/services/" + DeviceKind.class.getName()));
            out.write(kind.getName().getBytes(StandardCharsets.US_ASCII));
            out.closeEntry();
        }
        return jar;
    }

    @Test
    void aClientThatGoesInTheMiddleHarmsNobody() throws Exception {
        try (HoldProcess holder = new HoldProcess(runtime, "--device", "e0=echo")) {
            Path socket = sockets().get(0);
            assertEquals(
                    "rw-------",
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)));
            for (String each :
                    List.of(
                            "",
                            "{\"id\":1,\"do\":",
                            "{\"id\":1,\"do\":\"await\",\"for\":\"calls\",\"count\":99,"
                                    + "\"timeout\":\"1h\"}\n",
                            "{\"id\":1,\"do\":\"watch\",\"events\":[\"call\"]}\n")) {
                try (SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                    client.connect(UnixDomainSocketAddress.of(socket));
                    client.write(StandardCharsets.UTF_8.encode(each));
                    ByteBuffer ready = ByteBuffer.allocate(1);
                    assertEquals(1, client.read(ready));
                }
            }
            Process cat = cat(holder, "e0");
            assertEquals(0, HoldProcess.run(runtime, "unplug", "e0").exit());
            assertTrue(end(cat).endsWith("No such device\n"));
        }
    }

    @Test
    void aPersonSaysTheSameInWords() throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder(
                        Stream.concat(
                                        HoldProcess.java().stream(),
                                        Stream.of(
                                                "hold",
                                                "--device",
                                                "e0=echo",
                                                "--device",
                                                "z0=zero"))
                                .toList());
        builder.environment().put("XDG_RUNTIME_DIR", runtime.toString());
        Process hold = builder.redirectErrorStream(true).start();
        try (OutputStream in = hold.getOutputStream()) {
            in.write(
                    """
                    ls
                    unplugg
                    report
                    unplug e0 5s
                    unplug z0 soon
                    plug e0
                    fault z0 errno=EIO,on=read
                    clear z0
                    calls z0 now
                    quit
                    """
                            .getBytes(StandardCharsets.UTF_8));
        }
        String said = end(hold);
        assertEquals(0, hold.exitValue(), said);
        for (String each :
                List.of(
                        "e0 is /",
                        "\"unplugg\" is not known; did you mean unplug?",
                        "device is missing; give one of e0, z0",
                        "e0 is unplugged and drained in ",
                        "timeout=soon is no time",
                        "from the next call on",
                        "1 cleared",
                        "\"now\" is too much; see help")) {
            assertTrue(said.contains(each), each + " is missing in\n" + said);
        }
    }
}
