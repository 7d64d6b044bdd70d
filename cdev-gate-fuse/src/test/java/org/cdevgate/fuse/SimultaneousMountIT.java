package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.cdevgate.fuse.TestMount.TemporaryMountPoint;
import org.cdevgate.fuse.harness.Closing;
import org.cdevgate.fuse.harness.JavaCommand;
import org.cdevgate.fuse.harness.ServerProcess;
import org.cdevgate.fuse.harness.Within;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Of those who mount on one folder at the same moment one does, and the others are told why. */
@Timeout(60)
class SimultaneousMountIT {
    private static final int ROUNDS = 12;
    private static final int RIVALS = 3;

    private TemporaryMountPoint folder;

    @BeforeAll
    static void loadEverything() throws Exception {
        TestMount.loadEverything();
    }

    @BeforeEach
    void prepare() throws IOException {
        folder = new TemporaryMountPoint();
    }

    @AfterEach
    void end() throws Exception {
        Closing.all(folder);
    }

    @Test
    void oneOfSeveralThreadsMounts() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            assertOneMounts(round);
            assertFalse(folder.isMounted(), "a mount stayed behind in round " + round);
        }
    }

    private void assertOneMounts(int round) throws Exception {
        CyclicBarrier start = new CyclicBarrier(RIVALS);
        List<FutureTask<DeviceMount>> rivals = new ArrayList<>();
        for (int i = 0; i < RIVALS; i++) {
            FutureTask<DeviceMount> rival =
                    new FutureTask<>(
                            () -> {
                                start.await();
                                return DeviceMount.mount(folder.path());
                            });
            rivals.add(rival);
            new Thread(rival, "harness-rival-" + i).start();
        }
        List<DeviceMount> winners = new ArrayList<>();
        try {
            for (FutureTask<DeviceMount> rival : rivals) {
                try {
                    winners.add(rival.get(Within.LIMIT.toSeconds(), TimeUnit.SECONDS));
                } catch (ExecutionException e) {
                    assertTrue(
                            e.getCause() instanceof IOException
                                    && e.getCause().getMessage().contains("living"),
                            () -> "a loser was told: " + e.getCause());
                }
            }
            assertEquals(1, winners.size(), "mounts on one folder in round " + round);
        } finally {
            winners.forEach(DeviceMount::close);
        }
    }

    /** A killed server's mount lies there, which each of them finds and wants to clear. */
    @Test
    void oneOfSeveralProcessesReplacesAStaleMount() throws Exception {
        List<String> command = JavaCommand.of(TestServer.class, folder.path().toString());
        try (ServerProcess killed = ServerProcess.start(command)) {
            assertEquals("mounted", killed.answer(), killed::errors);
            killed.kill();
        }
        try (ServerProcess one = ServerProcess.start(command);
                ServerProcess two = ServerProcess.start(command)) {
            List<String> answers = List.of(one.answer(), two.answer());
            assertTrue(answers.contains("mounted"), () -> "nobody mounts: " + answers);
            assertTrue(
                    answers.stream()
                            .anyMatch(each -> each.startsWith("failed") && each.contains("living")),
                    () -> "both mount, or the loser is told otherwise: " + answers);
            ServerProcess winner = answers.get(0).equals("mounted") ? one : two;
            assertEquals("removed, 0 released", winner.tell("remove parked"));
            assertEquals("closed", winner.tell("close"));
        }
        assertFalse(folder.isMounted(), "a mount stayed behind");
    }
}
