package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.fuse.TestMount.TemporaryMountPoint;
import org.cdevgate.fuse.harness.ClientProcess;
import org.cdevgate.fuse.harness.JarredClassPath;
import org.cdevgate.fuse.harness.JavaCommand;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.fuse.harness.ServerProcess;
import org.cdevgate.fuse.harness.Shell;
import org.cdevgate.fuse.harness.Signal;
import org.cdevgate.fuse.harness.ToolMissing;
import org.cdevgate.fuse.harness.Within;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Callers that the server cannot see in /proc are not taken for dead: what their calls came to
 * reaches them. Needs root, who makes namespaces for it and leaves the machine's own alone.
 */
@Timeout(60)
class HiddenCallersIT {
    private static final int WRITES = 10;

    /** Leaves /etc/fuse.conf and /proc of the machine as they are. */
    private static final String PRIVATE =
            "mount --make-rprivate / && mount --bind \"$1/fuse.conf\" /etc/fuse.conf && ";

    private static final String HIDE = "mount -t proc -o hidepid=invisible proc /proc && ";
    private static final String AS_USER =
            "shift && exec setpriv --reuid=65534 --regid=65534 --clear-groups -- \"$@\"";

    private static Path classes;
    private static String classPath;

    private TemporaryMountPoint folder;

    @BeforeAll
    static void prepareForAnotherUser(@TempDir Path jars) throws Exception {
        assumeTrue(new OrdinaryUser().isPlayedByRoot(), "only root makes these namespaces");
        for (String tool : List.of("unshare", "nsenter", "setpriv")) {
            ToolMissing.require(tool, "util-linux");
        }
        ToolMissing.require(
                Files.exists(Path.of("/etc/fuse.conf")),
                "/etc/fuse.conf is missing; this test needs it: apt-get install fuse3");
        classes = jars;
        Files.writeString(classes.resolve("fuse.conf"), "user_allow_other\n");
        classPath = JarredClassPath.in(jars);
    }

    @BeforeEach
    void makeFolder() throws Exception {
        ClientProcess.program();
        folder = new TemporaryMountPoint();
        String parent = folder.path().getParent().toString();
        Shell.run("chown -R 65534:65534 \"$1\" && chmod a+rx \"$1\"", parent).expect(0);
    }

    @AfterEach
    void removeFolder() throws Exception {
        if (folder != null) {
            folder.close();
        }
    }

    private ServerProcess serve(List<String> namespaces, String script) throws Exception {
        List<String> command = new ArrayList<>(List.of("unshare"));
        command.addAll(namespaces);
        command.addAll(List.of("sh", "-c", PRIVATE + script + AS_USER, "sh", classes.toString()));
        command.addAll(JavaCommand.of(classPath, DeafServer.class, folder.path().toString()));
        ServerProcess server = ServerProcess.start(command);
        assertEquals("mounted", server.answer(), server::errors);
        return server;
    }

    /** A client beside the server, of another user. */
    private static ClientProcess clientOf(long serverPid, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of("nsenter", "-t", serverPid + "", "-m"));
        command.addAll(List.of(options));
        command.add(ClientProcess.program().toString());
        return ClientProcess.start(command);
    }

    private void expectEveryResult(ServerProcess server, ClientProcess client) throws Exception {
        client.sigaction(Signal.USR1, "restart");
        int fd = client.open(folder.path().resolve("slow").toString(), OpenFlags.O_RDWR);
        for (int i = 0; i < WRITES; i++) {
            Pending write = client.beginWrite(fd, "abc");
            client.interrupt(write, Signal.USR1);
            write.await().expect(3);
        }
        assertEquals(WRITES + "", server.tell("writes"), "writes that the driver has done");
        client.close(fd).expect(0);
    }

    @Test
    void whatAHiddenCallersCallCameToReachesIt() throws Exception {
        try (ServerProcess server = serve(List.of("-m"), HIDE);
                ClientProcess client = clientOf(server.pid())) {
            expectEveryResult(server, client);
            expectTheKilledToGoWithTheAnswer(server, client);
        }
    }

    /** Nothing is known of a killed one either, so it waits; no longer than its call. */
    private void expectTheKilledToGoWithTheAnswer(ServerProcess server, ClientProcess client)
            throws Exception {
        int fd = client.open(folder.path().resolve("deaf").toString(), OpenFlags.O_RDWR);
        Pending read = client.beginRead(fd, 1);
        assertEquals("waiting", server.tell("waiting"));
        client.signalThread(read, Signal.KILL);
        Within.limit("the log says so", () -> server.errors().contains("hidepid"));
        assertEquals("answered", server.tell("answer"));
        Within.limit("the client ends", client::hasEnded);
    }

    /** Its /proc has the numbers of the namespace above, where another process has the caller's. */
    @Test
    void whatACallersCallCameToReachesItWhereProcIsOfAnotherNamespace() throws Exception {
        List<String> namespaces = List.of("-m", "-p", "--fork", "--kill-child");
        try (ServerProcess server = serve(namespaces, "");
                ClientProcess client = clientOf(serverIn(server), "-p")) {
            expectEveryResult(server, client);
        }
    }

    private static long serverIn(ServerProcess outer) {
        return ProcessHandle.of(outer.pid()).orElseThrow().children().findAny().orElseThrow().pid();
    }
}
