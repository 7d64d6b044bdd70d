package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.fuse.TestMount.TemporaryMountPoint;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.driver.UserMemoryDriver;
import org.cdevgate.fuse.harness.ClientProcess;
import org.cdevgate.fuse.harness.Closing;
import org.cdevgate.fuse.harness.InotifyClient;
import org.cdevgate.fuse.harness.IoctlClient;
import org.cdevgate.fuse.harness.JarredClassPath;
import org.cdevgate.fuse.harness.JavaCommand;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.fuse.harness.ServerProcess;
import org.cdevgate.fuse.harness.Shell;
import org.cdevgate.fuse.harness.Within;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An ordinary user mounts through fusermount3. Root plays user "nobody" for it. */
@Timeout(60)
class UserMountIT {
    private static OrdinaryUser user;
    private static String classPath;
    private static String modeToRestore;

    private TemporaryMountPoint folder;

    /** The user may not be allowed to read where the build keeps its jars. */
    @BeforeAll
    static void pack(@TempDir Path jars) throws Exception {
        classPath = JarredClassPath.in(jars);
    }

    /** udev opens the node to everybody; where there is no udev it is root's alone. */
    @BeforeAll
    static void openFuseToUsers() throws Exception {
        Shell.run("command -v fusermount3 || { echo install fuse3 >&2; false; }").expect(0);
        String mode = Shell.run("stat -c %a /dev/fuse").expect(0).strip();
        user = new OrdinaryUser();
        if (!mode.endsWith("6") && user.isPlayedByRoot()) {
            modeToRestore = mode;
            Shell.run("chmod o+rw /dev/fuse").expect(0);
        }
    }

    @AfterAll
    static void restoreFuse() throws Exception {
        if (modeToRestore != null) {
            Shell.run("chmod \"$1\" /dev/fuse", modeToRestore).expect(0);
        }
    }

    @BeforeEach
    void prepare() throws Exception {
        folder = new TemporaryMountPoint();
        if (user.isPlayedByRoot()) {
            String parent = folder.path().getParent().toString();
            Shell.run("chown -R \"$1:$1\" \"$2\"", user.uid() + "", parent).expect(0);
        }
    }

    @AfterEach
    void cleanUp() throws Exception {
        Closing.all(folder);
    }

    private Shell.Result shell(String script) throws Exception {
        return user.shell(script, folder.path().toString());
    }

    private ServerProcess startServer(String... more) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(folder.path().toString()));
        arguments.addAll(List.of(more));
        ServerProcess server =
                ServerProcess.start(
                        user.command(
                                JavaCommand.of(
                                        classPath,
                                        TestServer.class,
                                        arguments.toArray(String[]::new))));
        assertEquals("mounted", server.answer(), server::errors);
        return server;
    }

    @Test
    void userMountsUsesAndRemoves() throws Exception {
        String path = folder.path().resolve("parked").toString();
        try (ServerProcess server = startServer();
                ClientProcess client = ClientProcess.startBy(user.command(List.of()))) {
            assertTrue(folder.isMounted());
            assertEquals("deaf\nparked\nthreadless\n", shell("ls \"$1\"").expect(0));
            int fd = client.open(path, OpenFlags.O_RDWR);
            client.ioctl(fd, FifoDriver.ECHO, "").expect(8);
            Pending read = client.beginRead(fd, 8);
            assertEquals("asleep", server.tell("asleep parked 1"));
            assertEquals("fed", server.tell("feed parked"));
            assertEquals("abc", read.await().text());

            Pending asleep = client.beginRead(fd, 8);
            assertEquals("asleep", server.tell("asleep parked 1"));
            assertEquals("removed, 1 released", server.tell("remove parked"));
            asleep.await().expect(Errno.ENODEV);
            assertEquals("deaf\nthreadless\n", shell("ls \"$1\"").expect(0));
            client.tryOpen(path, OpenFlags.O_RDWR).expect(Errno.ENOENT);

            assertEquals("closed", server.tell("close"));
            assertFalse(folder.isMounted(), "mounted after close()");
            client.read(fd, 8).expect(Errno.ENOTCONN);
        }
    }

    /** Needs no capability: only a kernel that lets a user's processes debug each other. */
    @Test
    void driverOfAUserUsesTheMemoryOfItsOwnCallers() throws Exception {
        List<String> command =
                JavaCommand.of(classPath, MemoryServer.class, folder.path().toString(), "own");
        try (ServerProcess server = ServerProcess.start(user.command(command));
                IoctlClient client = IoctlClient.start(user::command)) {
            String answer = server.answer();
            if (!MemoryServer.isOpenToItsUser()) {
                assertTrue(answer.contains("kernel.yama.ptrace_scope=0"), answer);
                return;
            }
            assertEquals("mounted", answer, server::errors);
            int fd = client.open(folder.path().resolve("bus").toString(), OpenFlags.O_RDWR);
            long address = client.map(64);
            byte[] range = UserMemoryDriver.range(address, 64);
            client.ioctl(fd, UserMemoryDriver.COPY_OUT, range).expect(64);
            assertArrayEquals(UserMemoryDriver.pattern(64), client.peek(address, 64));
            client.makeUndumpable();
            client.ioctl(fd, UserMemoryDriver.COPY_OUT, range).expect(Errno.EPERM);
        }
    }

    /** Without allow_other not even root gets in. */
    @Test
    void mountIsClosedToOthers() throws Exception {
        try (ServerProcess server = startServer()) {
            if (user.isPlayedByRoot()) {
                Shell.run("ls \"$1\"", folder.path().toString()).expectFailure("denied");
            }
            shell("test -w \"$1/parked\"").expect(0);
            assertEquals("closed", server.tell("close"));
        }
    }

    @Test
    void staleMountOfAUserIsClearedByTheNext() throws Exception {
        try (ServerProcess killed = startServer()) {
            killed.kill();
            assertTrue(folder.isMounted(), "the kernel keeps the mount of a killed server");
        }
        try (ServerProcess next = startServer()) {
            assertEquals("deaf\nparked\nthreadless\n", shell("ls \"$1\"").expect(0));
            assertEquals("closed", next.tell("close"));
        }
        assertFalse(folder.isMounted(), "mounted after close()");
    }

    /** The helper that makes the events is the user's too, and ends even with a killed server. */
    @Test
    void watchersOfAUserSeeNodesGo() throws Exception {
        // In brackets, or grep would find itself.
        String helper = "ps -eo args | grep -qx -- \".* [-]s $1\"";
        try (ServerProcess server = startServer("inotify");
                InotifyClient watcher = new InotifyClient(user::command)) {
            String root = watcher.watch(folder.path().toString());
            assertEquals("removed, 0 released", server.tell("remove parked"));
            watcher.await(root, "DELETE parked");
            Shell.run(helper, folder.path().toString()).expect(0);
            server.kill();
            Within.limit(
                    "the helper of a killed server gone",
                    () -> Shell.run(helper, folder.path().toString()).exit() != 0);
        }
    }

    /** Nothing but the mount table and the two programs is needed to unmount. */
    @Test
    void userUnmountsOnAnInterruptedThreadWithoutATemporaryFolder() throws Exception {
        Path temporary = Files.createDirectory(folder.path().resolveSibling("temporary"));
        Shell.run("chown \"$1\" \"$2\"", user.uid() + "", temporary.toString()).expect(0);
        List<String> command =
                new ArrayList<>(
                        JavaCommand.of(classPath, TestServer.class, folder.path().toString()));
        command.add(1, "-Djava.io.tmpdir=" + temporary);
        try (ServerProcess server = ServerProcess.start(user.command(command))) {
            assertEquals("mounted", server.answer(), server::errors);
            Shell.run("rm -r \"$1\"", temporary.toString()).expect(0);
            assertEquals("closed, interrupted", server.tell("close-interrupted"));
        }
        assertFalse(folder.isMounted(), "mounted after close()");
    }

    @Test
    void userUnmountsWithoutAFreeDescriptor() throws Exception {
        try (ServerProcess server = startServer()) {
            assertEquals("starved", server.tell("starve"));
            assertEquals("closed", server.tell("close"));
            assertFalse(folder.isMounted(), "mounted after close()");
        }
    }
}
