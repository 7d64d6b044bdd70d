package org.cdevgate.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.cdevgate.cli.harness.Command;
import org.cdevgate.cli.harness.Installation;
import org.cdevgate.cli.harness.Installation.User;
import org.cdevgate.cli.harness.Required;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Real programs on devices that vanish, started as users start them. */
@Timeout(120)
class RunIT {
    private static Installation installation;

    @BeforeAll
    static void install() throws Exception {
        installation = new Installation();
    }

    @AfterAll
    static void uninstall() throws Exception {
        installation.close();
    }

    @AfterEach
    void nothingIsLeft() {
        installation.awaitNothingLeft();
    }

    private static Command run(User user, String... arguments) throws Exception {
        String[] all = new String[arguments.length + 1];
        all[0] = "run";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return installation.start(user, all);
    }

    /** A file of the tests that users may execute. */
    private static Path script(String name) throws Exception {
        Path script = installation.folder().resolve(name);
        if (!Files.exists(script)) {
            try (InputStream in = RunIT.class.getResourceAsStream(name)) {
                Files.copy(in, script);
            }
        }
        return script;
    }

    @ParameterizedTest
    @EnumSource(User.class)
    void catAsleepInReadGetsTheRemoval(User user) throws Exception {
        try (Command run =
                run(
                        user,
                        "--device",
                        "ttyUSB0=mailbox",
                        "--unplug",
                        "on=read",
                        "--",
                        "cat",
                        "/dev/ttyUSB0")) {
            run.expect(1).expectOutput("");
            run.expectErrors("cat: /dev/ttyUSB0: No such device\n");
            run.expectErrors("unplugged by on=read");
            run.expectErrors("in flight: read (asleep) = ENODEV; drained in ");
        }
    }

    @ParameterizedTest
    @EnumSource(User.class)
    void programIsWhoItWasAndSeesTheRestOfDev(User user) throws Exception {
        String look =
                "id -u; id -g; echo a >/dev/null; head -c 1 /dev/zero | wc -c; test -d /dev/pts"
                        + " && test -w /dev/shm && test -e /dev/ttyUSB0 && echo $CDEV_GATE_DEV;"
                        + " grep CapEff /proc/self/status";
        try (Command bare = installation.program(user, Map.of(), List.of("sh", "-c", look));
                Command run = run(user, "--device", "ttyUSB0=null", "--", "sh", "-c", look)) {
            String[] outside = bare.expect(0).output().split("\n", -1);
            String[] inside = run.expect(0).output().split("\n", -1);
            assertEquals(outside[0], inside[0], "user");
            assertEquals(outside[1], inside[1], "group");
            assertEquals("1", inside[2]);
            assertEquals("/dev", inside[3]);
            assertEquals(outside[3], inside[4], "capabilities");
        }
    }

    @Test
    void staticProgramSeesItsDevice() throws Exception {
        Required.program("gcc", "gcc libc6-dev");
        Path source = script("reader.c");
        Path program = installation.folder().resolve("reader");
        try (Command gcc =
                installation.program(
                        User.SELF,
                        Map.of(),
                        List.of("gcc", "-static", "-o", program.toString(), source.toString()))) {
            gcc.expect(0);
        }
        try (Command run =
                run(
                        User.ORDINARY,
                        "--device",
                        "input/x=zero",
                        "--unplug",
                        "on=read#3",
                        program.toString(),
                        "/dev/input/x")) {
            run.expect(19).expectOutput("8\n8\n8\nNo such device\n"); // exits with errno
        }
    }

    @Test
    void pythonUsesTwoDevicesOneOfWhichComesBack() throws Exception {
        Required.program("python3", "python3");
        try (Command run =
                run(
                        User.SELF,
                        "--device",
                        "a=zero",
                        "--device",
                        "b=echo",
                        "--unplug",
                        "a:on=read#2,when=before,then=replug:50ms",
                        "python3",
                        script("two.py").toString())) {
            run.expect(0).expectOutput("a 4\na ENODEV\nb hello\na 4\n");
        }
    }

    @Test
    void childrenOfAShellScriptShareTheDevices() throws Exception {
        String forks = "cat /dev/d0 & cat /dev/d0 & wait $!; exit $?";
        try (Command run =
                run(
                        User.SELF,
                        "--device",
                        "d0=mailbox",
                        "--unplug",
                        "on=read#2,when=inside",
                        "--",
                        "sh",
                        "-c",
                        forks)) {
            run.expect(1).expectErrors("in flight: read (asleep) = ENODEV, read (asleep) = ENODEV");
        }
    }

    @Test
    void manyThreadsOpenOneDevice() throws Exception {
        Required.program("python3", "python3");
        try (Command run =
                run(
                        User.ORDINARY,
                        "--device",
                        "d0=zero",
                        "--unplug",
                        "on=open#20,when=after",
                        "python3",
                        script("threads.py").toString())) {
            run.expect(0).expectErrors("unplugged by on=open#20,when=after");
            String[] counts = run.output().strip().split(" ", -1);
            assertEquals(40, Integer.parseInt(counts[0]) + Integer.parseInt(counts[1]));
            assertTrue(Integer.parseInt(counts[1]) > 0, run::toString);
        }
    }

    @ParameterizedTest
    @EnumSource(User.class)
    void daemonIsToldOfOrWaitedFor(User user) throws Exception {
        String daemon = "setsid -f sh -c 'exec cat /dev/d0 >/dev/null 2>&1'; exit 3";
        try (Command left = run(user, "--device", "d0=mailbox", "sh", "-c", daemon)) {
            left.expect(3).expectErrors("left running: ");
        }
        try (Command followed =
                run(
                        user,
                        "--device",
                        "d0=mailbox",
                        "--follow",
                        "--unplug",
                        "on=read",
                        "sh",
                        "-c",
                        daemon)) {
            followed.expect(3).expectErrors("in flight: read (asleep) = ENODEV");
        }
    }

    @Test
    void bytesPassThrough() throws Exception {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        Path copy = installation.folder().resolve("copy");
        try (Command run =
                run(
                        User.SELF,
                        "--device",
                        "d0=null",
                        "--",
                        "sh",
                        "-c",
                        "tee \"$1\"; exit 77",
                        "sh",
                        copy.toString())) {
            run.feed(all).expect(77);
        }
        assertArrayEquals(all, Files.readAllBytes(copy));
    }

    @Test
    void argumentsPassThroughInAnyLocale() throws Exception {
        try (Command run =
                installation.start(
                        User.SELF,
                        Map.of("LC_ALL", "C"),
                        "run",
                        "--device",
                        "d0=null",
                        "--",
                        "printf",
                        "%s|",
                        "ä €",
                        "",
                        "--",
                        "-x",
                        "'")) {
            run.expect(0).expectOutput("ä €||--|-x|'|");
        }
    }

    @Test
    void socatMovesBytesUntilTheRemoval() throws Exception {
        Required.program("socat", "socat");
        try (Command run =
                run(
                        User.SELF,
                        "--device",
                        "ttyUSB0=nmea,every=20ms",
                        "--unplug",
                        "on=read#3,when=before",
                        "socat",
                        "-u",
                        "OPEN:/dev/ttyUSB0,rdonly",
                        "STDOUT")) {
            run.expect(1).expectErrors("No such device");
            assertTrue(run.output().startsWith("$GP"), run::toString);
        }
    }

    @Test
    void evtestIsUnpluggedBetweenEvents() throws Exception {
        Required.program("evtest", "evtest");
        try (Command run =
                run(
                        User.SELF,
                        "--device",
                        "input/event9=input,every=20ms",
                        "--unplug",
                        "on=read#5",
                        "evtest",
                        "/dev/input/event9")) {
            run.expect(1).expectErrors("evtest: error reading: No such device");
            assertTrue(run.output().contains("BTN_TRIGGER"), run::toString);
        }
    }

    /** Its calls copy from and to its memory. */
    @Test
    void i2cdetectLosesItsBus() throws Exception {
        Required.program("i2cdetect", "i2c-tools");
        try (Command run =
                run(
                        User.SELF,
                        "--device",
                        "i2c-9=i2c",
                        "--unplug",
                        "on=ioctl#9,when=before",
                        "--",
                        "i2cdetect",
                        "-y",
                        "9")) {
            run.expect(1).expectErrors("No such device");
            run.expectErrors("unplugged by on=ioctl#9,when=before");
        }
    }

    @Test
    void devicesStandInAFolderWhereNoNamespaceIsWanted() throws Exception {
        Path at = Files.createDirectory(installation.folder().resolve("at"));
        try (Command run =
                run(
                        User.SELF,
                        "--at",
                        at.toString(),
                        "--device",
                        "d0=zero",
                        "--",
                        "sh",
                        "-c",
                        "head -c 5 $CDEV_GATE_DEV/d0 | wc -c")) {
            run.expect(0).expectOutput("5\n");
        }
        try (Command mistaken = run(User.SELF, "--at", at + "/no", "--device", "d0=zero", "true")) {
            mistaken.expect(125).expectErrors(at + "/no");
        }
    }

    /** As where a sysctl or AppArmor refuses namespaces; unshare says so in these words. */
    @Test
    void refusedNamespaceIsNamedWithTheRemedy() throws Exception {
        Path bin = Files.createDirectories(installation.folder().resolve("refusing"));
        Path unshare = bin.resolve("unshare");
        Files.writeString(
                unshare,
                "#!/bin/sh\necho unshare: unshare failed: Operation not permitted >&2\nexit 1\n");
        assertTrue(unshare.toFile().setExecutable(true, false));
        try (Command run =
                installation.start(
                        User.SELF,
                        Map.of("PATH", bin + ":" + System.getenv("PATH")),
                        "run",
                        "--device",
                        "d0=null",
                        "--",
                        "true")) {
            run.expect(125).expectErrors("unshare failed: Operation not permitted; ");
            run.expectErrors("or give --at DIR and have the program use $CDEV_GATE_DEV\n");
            assertEquals(1, run.errors().lines().count(), run::toString);
        }
    }

    @Test
    void hangAndSpinAreEnded() throws Exception {
        try (Command hangs =
                        run(
                                User.SELF,
                                "--device",
                                "d0=zero",
                                "--patience",
                                "500ms",
                                "--unplug",
                                "on=read",
                                "sh",
                                "-c",
                                "head -c 9 /dev/d0; sleep 100");
                Command spins =
                        run(
                                User.SELF,
                                "--device",
                                "d0=zero",
                                "--patience",
                                "500ms",
                                "--unplug",
                                "on=read",
                                "sh",
                                "-c",
                                "exec 3</dev/d0; while :; do head -c 9 <&3 2>/dev/null; done")) {
            hangs.expect(124).expectErrors("hung and was ended");
            spins.expect(124).expectErrors("called in vain again and again and was ended");
        }
    }

    @Test
    void planThatNeverCameTrueFails() throws Exception {
        Path report = installation.folder().resolve("run.xml");
        try (Command run =
                run(
                        User.SELF,
                        "--device",
                        "d0=zero",
                        "--unplug",
                        "on=ioctl",
                        "--report",
                        report.toString(),
                        "head",
                        "-c",
                        "3",
                        "/dev/d0")) {
            run.expect(125).expectOutput("\0\0\0");
            assertEquals("", run.errors());
        }
        assertTrue(
                Files.readString(report)
                        .contains("<failure message=\"never came true: on=ioctl\"/>"));
    }

    @Test
    void programThatCannotBeStartedHasItsExitCode() throws Exception {
        Path plain = Files.createFile(installation.folder().resolve("plain"));
        try (Command none = run(User.SELF, "--device", "d0=null", "--", "no-such-program");
                Command no = run(User.SELF, "--device", "d0=null", "--", plain.toString())) {
            none.expect(127).expectErrors("there is no program \"no-such-program\"; ");
            no.expect(126).expectErrors(plain + " is there and cannot be executed; ");
        }
    }
}
