package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.fuse.TestMount.TemporaryMountPoint;
import org.cdevgate.fuse.harness.ClientProcess;
import org.cdevgate.fuse.harness.JavaCommand;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.fuse.harness.ServerProcess;
import org.cdevgate.fuse.harness.Within;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A serving JVM that is told to end answers its callers, unmounts, and ends. */
@Timeout(60)
class ServerSignalIT {
    /** SIGINT and SIGQUIT are ignored in what a shell starts in the background. */
    private static List<String> withDefaultSignals(List<String> command) {
        List<String> line = new ArrayList<>(List.of("env", "--default-signal"));
        line.addAll(command);
        return line;
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT"})
    void signalledServerAnswersItsCallersAndUnmounts(String signal) throws Exception {
        TemporaryMountPoint folder = new TemporaryMountPoint();
        try (ServerProcess server =
                        ServerProcess.start(
                                withDefaultSignals(
                                        JavaCommand.of(
                                                TestServer.class, folder.path().toString())));
                ClientProcess client = ClientProcess.start()) {
            assertEquals("mounted", server.answer(), server::errors);
            String parkedPath = folder.path().resolve("parked").toString();
            String threadlessPath = folder.path().resolve("threadless").toString();
            int parked = client.open(parkedPath, OpenFlags.O_RDWR);
            Pending first = client.beginRead(parked, 1);
            Pending second = client.beginRead(client.open(threadlessPath, OpenFlags.O_RDWR), 1);
            Pending poll = client.beginPoll(parked, PollEvents.POLLIN).awaitPolling();
            assertEquals("asleep", server.tell("asleep parked 1"));
            assertEquals("asleep", server.tell("asleep threadless 1"));

            server.signal(signal);
            first.await().expect(Errno.ENODEV);
            second.await().expect(Errno.ENODEV);
            assertTrue((poll.await().success() & PollEvents.POLLERR) != 0, "poll tells nothing");
            Within.limit("unmounted", () -> !folder.isMounted());
            Within.limit("the server ends", () -> !server.isAlive(), server::errors);
            client.read(parked, 1).expect(Errno.ENOTCONN);
            client.tryOpen(parkedPath, OpenFlags.O_RDWR).expect(Errno.ENOENT);
        } finally {
            assertFalse(folder.isMounted(), "mounted after the server's end");
            folder.close();
        }
    }

    /** The exit waits for the mount's close, and the close would wait for the verb. */
    @Test
    void exitWithinAVerbEndsTheServerAndAnswersItsCaller() throws Exception {
        TemporaryMountPoint folder = new TemporaryMountPoint();
        try (ServerProcess server =
                        ServerProcess.start(
                                JavaCommand.of(ExitServer.class, folder.path().toString()));
                ClientProcess client = ClientProcess.start()) {
            assertEquals("mounted", server.answer(), server::errors);
            int parked = client.open(folder.path().resolve("parked").toString(), OpenFlags.O_RDWR);
            int exit = client.open(folder.path().resolve("exit").toString(), OpenFlags.O_RDONLY);
            Pending asleep = client.beginRead(parked, 1);
            Pending caller = client.beginRead(exit, 1);
            asleep.await().expect(Errno.ENODEV);
            caller.await().expect(Errno.ENODEV);
            Within.limit("the server ends", () -> !server.isAlive(), server::errors);
        } finally {
            assertFalse(folder.isMounted(), "mounted after the server's end");
            folder.close();
        }
    }
}
