package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NotDirectoryException;
import java.util.List;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.driver.Sleep;
import org.cdevgate.fuse.harness.Shell;
import org.cdevgate.gate.FopsGate;
import org.junit.jupiter.api.Test;

/** Names, directories, permissions and owners of nodes, as processes see them. */
class NodeIT extends MountBase {
    private static FifoDriver fifo() {
        return new FifoDriver(Sleep.THREADLESS);
    }

    private List<String> listing() throws Exception {
        return Shell.run("cd \"$1\" && find . | sort", mount.path()).expect(0).lines().toList();
    }

    private String stat(String format, String name) throws Exception {
        return Shell.run("stat -c \"$1\" \"$2\"", format, mount.path(name)).expect(0).strip();
    }

    @Test
    void directoriesComeAndGoWithTheirDevices() throws Exception {
        FopsGate mouse = mount.register("input/event0", fifo());
        FopsGate keyboard = mount.register("input/event1", fifo());
        FopsGate deep = mount.register("bus/usb/001/002", fifo());
        assertEquals(
                List.of(
                        ".",
                        "./bus",
                        "./bus/usb",
                        "./bus/usb/001",
                        "./bus/usb/001/002",
                        "./input",
                        "./input/event0",
                        "./input/event1"),
                listing());
        String recursive = Shell.run("ls -R \"$1\"", mount.path()).expect(0);
        assertTrue(recursive.contains("event0"), recursive);
        assertEquals("directory", stat("%F", "input"));
        int fd = open(mouse);

        mount.remove(mouse);
        mount.remove(deep);
        assertEquals(List.of(".", "./input", "./input/event1"), listing());
        expectGone(mouse, fd);
        mount.remove(keyboard);
        assertEquals(List.of("."), listing());
        client.tryOpen(mount.path("input/event1"), OpenFlags.O_RDONLY).expect(Errno.ENOENT);

        mount.register("input/event0", fifo());
        assertEquals(List.of(".", "./input", "./input/event0"), listing());
    }

    /** A process that stands in a directory whose last device goes away. */
    @Test
    void directoryThatVanishesUnderAProcess() throws Exception {
        FopsGate gate = mount.register("input/event0", fifo());
        String script =
                "cd \"$1\" && echo ready && while test -e event0; do :; done; ls; echo \"$?\"";
        try (Shell shell = Shell.start(script, mount.path("input"))) {
            shell.awaitOutput("ready");
            mount.remove(gate);
            shell.await().expect(0);
        }
    }

    @Test
    void manyNodesAreListedOnce() throws Exception {
        int count = 300;
        for (int i = 0; i < count; i++) {
            mount.register("a-device-with-a-longer-name-" + i, fifo());
        }
        String names = Shell.run("ls \"$1\" | sort -u | wc -l", mount.path()).expect(0).strip();
        assertEquals(Integer.toString(count), names);
        String lines = Shell.run("ls -l \"$1\" | grep -c device", mount.path()).expect(0).strip();
        assertEquals(Integer.toString(count), lines);
    }

    @Test
    void nameInUseIsRefused() throws Exception {
        mount.register("fifo", fifo());
        mount.register("input/event0", fifo());
        assertThrows(
                FileAlreadyExistsException.class, () -> mount.mount().register("fifo", fifo()));
        assertThrows(
                FileAlreadyExistsException.class, () -> mount.mount().register("input", fifo()));
        assertThrows(NotDirectoryException.class, () -> mount.mount().register("fifo/x", fifo()));
        assertTrue(lists("fifo"));
    }

    @Test
    void nodeBeginsAsPrivateToItsOwner() throws Exception {
        mount.register("fifo", fifo());
        String uid = Shell.run("id -u").expect(0).strip();
        String gid = Shell.run("id -g").expect(0).strip();
        assertEquals("600 " + uid + " " + gid + " 0 1", stat("%a %u %g %s %h", "fifo"));
    }

    @Test
    void modeAndOwnerAreThoseOfTheNode() throws Exception {
        FifoDriver driver = fifo();
        mount.register(
                FopsGate.of("fifo", driver),
                DeviceNode.named("fifo").mode(0642).owner(1, 2),
                driver);
        assertEquals("642 1 2", stat("%a %u %g", "fifo"));
        assertEquals(
                "-rw-r---w-",
                Shell.run("ls -l \"$1\"", mount.path("fifo")).expect(0).split(" ", 2)[0]);
    }

    /** Though the kernel is given a node id of its own for each look-up. */
    @Test
    void inodeNumberStaysTheSame() throws Exception {
        mount.register("fifo", fifo());
        String inode = stat("%i", "fifo");
        assertEquals(inode, stat("%i", "fifo"));
        String listed = Shell.run("ls -i \"$1\"", mount.path()).expect(0).strip();
        assertEquals(inode + " fifo", listed);
    }

    @Test
    void changesToTheNodeSucceedAsOnADevice() throws Exception {
        FifoDriver driver = fifo();
        mount.register("fifo", driver);
        String path = mount.path("fifo");
        Shell.run("chmod 644 \"$1\"", path).expect(0);
        assertEquals("644", stat("%a", "fifo"));
        Shell.run("touch \"$1\"", path).expect(0);
        Shell.run("touch -d '2001-02-03 04:05:06 UTC' \"$1\"", path).expect(0);
        Shell.run("truncate -s 0 \"$1\"", path).expect(0);
        Shell.run("echo abc > \"$1\"", path).expect(0);
        assertEquals("abc\n", driver.drain());
        int fd = client.open(path, OpenFlags.O_WRONLY | OpenFlags.O_TRUNC);
        client.write(fd, "def").expect(3);
        assertEquals("def", driver.drain());
    }

    /** One number of nanoseconds ends in 1677 and in 2262; the kernel's times do not. */
    @Test
    void timesOfAnyYearAreKept() throws Exception {
        mount.register("fifo", fifo());
        String script =
                "for t in '1600-02-03 04:05:06.7' '1969-12-31 23:59:59.000000001' '1970-01-01'"
                        + " '2262-04-12' '2300-01-01 00:00:00.5' '9999-12-31 23:59:59.999999999';"
                        + " do touch -d \"$t UTC\" \"$1\"; TZ=UTC stat -c '%x|%y' \"$1\"; done";
        String tmpfs = "f=$(mktemp -p /dev/shm); set -- \"$f\"; " + script + "; rm \"$f\"";
        String kept = Shell.run(script, mount.path("fifo")).expect(0);
        assertEquals(Shell.run(tmpfs).expect(0), kept);
        assertTrue(kept.contains("9999-12-31 23:59:59.999999999"), kept);
    }

    /** Monitoring takes inodes of which none is free for a disk that is full. */
    @Test
    void noInodesAreCountedAsUsed() throws Exception {
        mount.register("fifo", fifo());
        Shell.run("test \"$(df --output=ipcent \"$1\" | tail -n 1 | tr -d ' ')\" = -", mount.path())
                .expect(0);
    }

    @Test
    void nothingCanBeMadeOrTakenAwayFromOutside() throws Exception {
        mount.register("fifo", fifo());
        for (String command :
                List.of("touch new", "mkdir new", "rm -f fifo", "mv fifo new", "ln fifo new")) {
            int exit = Shell.run("cd \"$1\" && " + command, mount.path()).exit();
            assertFalse(exit == 0, command + " succeeded");
        }
        assertEquals(List.of(".", "./fifo"), listing());
    }

    @Test
    void fileSystemAnswersForItself() throws Exception {
        Shell.run("stat -f \"$1\"", mount.path()).expect(0);
        Shell.run("df \"$1\"", mount.path()).expect(0);
        String options = Shell.run("grep -F \" $1 \" /proc/self/mounts", mount.path()).expect(0);
        assertTrue(options.contains("nosuid,nodev"), options);
    }

    @Test
    void registrationOnAClosedMountIsRefused() throws Exception {
        mount.unmount();
        assertThrows(IllegalStateException.class, () -> mount.mount().register("fifo", fifo()));
    }

    @Test
    void gateUnderRemovalCannotBePublished() throws Exception {
        FopsGate gate = FopsGate.of("fifo", fifo());
        gate.unregisterSync();
        assertThrows(
                IOException.class, () -> mount.mount().register(gate, DeviceNode.named("fifo")));
        assertFalse(lists("fifo"));
    }
}
