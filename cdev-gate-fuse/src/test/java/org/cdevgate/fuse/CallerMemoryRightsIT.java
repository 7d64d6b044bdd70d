package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.fuse.TestMount.TemporaryMountPoint;
import org.cdevgate.fuse.driver.UserMemoryDriver;
import org.cdevgate.fuse.harness.IoctlClient;
import org.cdevgate.fuse.harness.JavaCommand;
import org.cdevgate.fuse.harness.Reply;
import org.cdevgate.fuse.harness.ServerProcess;
import org.cdevgate.fuse.harness.Shell;
import org.cdevgate.fuse.harness.Within;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server without CAP_SYS_PTRACE: whose memory it may use, and what it says of the others. */
@Timeout(60)
class CallerMemoryRightsIT {
    private static final String REFUSED = "cannot be accessed";

    private final OrdinaryUser user = new OrdinaryUser();

    CallerMemoryRightsIT() throws Exception {}

    /** As the same user, but with nothing that a debugger needs. */
    private List<String> withoutPtrace(List<String> command) {
        List<String> line = new ArrayList<>();
        if (user.isPlayedByRoot()) {
            line.addAll(List.of("setpriv", "--bounding-set=-sys_ptrace", "--"));
        }
        line.addAll(command);
        return line;
    }

    private static Reply copyOut(IoctlClient client, int fd) throws Exception {
        long address = client.map(64);
        Reply reply =
                client.ioctl(fd, UserMemoryDriver.COPY_OUT, UserMemoryDriver.range(address, 64));
        byte[] expected = reply.errno() == 0 ? UserMemoryDriver.pattern(64) : new byte[64];
        assertArrayEquals(expected, client.peek(address, 64));
        return reply;
    }

    @Test
    void serverWithoutTheCapabilityServesItsOwnUserAndSaysWhyNotOthers() throws Exception {
        try (TemporaryMountPoint folder = new TemporaryMountPoint()) {
            String path = folder.path().toString();
            Shell.run("chmod 755 \"$1\"", folder.path().getParent().toString()).expect(0);
            String sharing = user.isPlayedByRoot() ? "shared" : "own";
            try (ServerProcess server =
                    ServerProcess.start(
                            withoutPtrace(JavaCommand.of(MemoryServer.class, path, sharing)))) {
                String answer = server.answer();
                if (!MemoryServer.isOpenToItsUser()) {
                    assertTrue(answer.startsWith("failed: "), answer);
                    assertTrue(answer.contains("CAP_SYS_PTRACE"), answer);
                    assertTrue(answer.contains("kernel.yama.ptrace_scope=0"), answer);
                    return;
                }
                assertEquals("mounted", answer, server::errors);
                checkCallers(server, path + "/bus");
            }
        }
    }

    /** The kernel tells the server thread 0 then. */
    @Test
    void callerFromOutsideTheServersPidNamespaceIsRefusedWithTheReason() throws Exception {
        Assumptions.assumeTrue(user.isPlayedByRoot(), "only root may make a pid namespace here");
        try (TemporaryMountPoint folder = new TemporaryMountPoint()) {
            String path = folder.path().toString();
            List<String> command =
                    new ArrayList<>(List.of("unshare", "--pid", "--fork", "--kill-child"));
            command.addAll(JavaCommand.of(MemoryServer.class, path, "own"));
            try (ServerProcess server = ServerProcess.start(command);
                    IoctlClient client = IoctlClient.start()) {
                assertEquals("mounted", server.answer(), server::errors);
                int fd = client.open(path + "/bus", OpenFlags.O_RDWR);
                copyOut(client, fd).expect(Errno.EPERM);
                copyOut(client, fd).expect(Errno.EPERM);
                Within.limit("the reason is logged", () -> server.errors().contains(REFUSED));
                String log = server.errors();
                assertTrue(log.contains("pid namespace"), log);
                assertEquals(2, log.split(REFUSED, -1).length, "logged once: " + log);
            }
        }
    }

    private void checkCallers(ServerProcess server, String node) throws Exception {
        try (IoctlClient same = IoctlClient.start(this::withoutPtrace)) {
            int fd = same.open(node, OpenFlags.O_RDWR);
            copyOut(same, fd).expect(64);
            assertEquals("", server.errors(), "complaints before there was anything to");
            same.makeUndumpable();
            copyOut(same, fd).expect(Errno.EPERM);
        }
        Within.limit("the reason is logged", () -> server.errors().contains(REFUSED));
        if (user.isPlayedByRoot()) {
            try (IoctlClient other = IoctlClient.start(user::command)) {
                copyOut(other, other.open(node, OpenFlags.O_RDWR)).expect(Errno.EPERM);
            }
            try (IoctlClient mightier = IoctlClient.start()) {
                copyOut(mightier, mightier.open(node, OpenFlags.O_RDWR)).expect(Errno.EPERM);
            }
        }
        String log = server.errors();
        assertTrue(log.contains("CAP_SYS_PTRACE"), log);
        assertEquals(2, log.split(REFUSED, -1).length, "logged once: " + log);
    }
}
