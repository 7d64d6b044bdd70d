package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.driver.Sleep;
import org.cdevgate.fuse.harness.Shell;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.Verb;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The tools that people use on device nodes, while it works and when it goes away. */
class ShellClientIT extends MountBase {
    private static final String NO_DEVICE = "No such device";

    private FifoDriver fifo;
    private FopsGate gate;
    private String path;

    private void register(Sleep sleep) throws Exception {
        fifo = new FifoDriver(sleep);
        gate = mount.register("fifo", fifo);
        path = mount.path("fifo");
    }

    @ParameterizedTest
    @EnumSource
    void normalUse(Sleep sleep) throws Exception {
        register(sleep);
        Shell.run("echo hello > \"$1\"", path).expect(0);
        assertEquals("hello\n", Shell.run("head -c 6 \"$1\"", path).expect(0));
        Shell.run("echo one >> \"$1\"", path).expect(0);
        assertEquals("one\n", Shell.run("dd if=\"$1\" bs=8 count=1", path).expect(0));
        Shell.run("printf abcdef | dd of=\"$1\" bs=3", path).expect(0);
        assertEquals("abcdef", Shell.run("timeout 1 cat \"$1\"", path).expect(124));
        assertEquals(
                "hi", Shell.run("exec 3<>\"$1\"; printf hi >&3; head -c 2 <&3", path).expect(0));
        TestMount.awaitReleased(fifo);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '|',
            value = {
                "PARKED, cat \"$1\"",
                "THREADLESS, cat \"$1\"",
                "PARKED, dd if=\"$1\" of=/dev/null bs=8",
                "THREADLESS, dd if=\"$1\" of=/dev/null bs=8",
                "PARKED, head -c 5 \"$1\"",
                "THREADLESS, head -c 5 \"$1\"",
                "THREADLESS, timeout 15 cat \"$1\"",
                "PARKED, tail -f \"$1\"",
            })
    void removalEndsReaders(Sleep sleep, String command) throws Exception {
        register(sleep);
        try (Shell shell = Shell.start(command, path)) {
            TestMount.awaitAsleep(gate, Verb.READ, 1);
            remove(gate);
            shell.await().expectFailure(NO_DEVICE);
        }
        assertEquals(1, fifo.releases(), "calls of release");
        Shell.run(command, path).expectFailure("No such file or directory");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '|',
            value = {
                "PARKED, env echo hello > \"$1\"",
                "THREADLESS, env echo hello > \"$1\"",
                "PARKED, dd if=/dev/zero of=\"$1\" bs=8",
                "THREADLESS, dd if=/dev/zero of=\"$1\" bs=8",
                "THREADLESS, exec 3<>\"$1\"; env echo hello >&3",
                "THREADLESS, yes > \"$1\"",
            })
    void removalEndsWriters(Sleep sleep, String command) throws Exception {
        register(sleep);
        fifo.fill();
        try (Shell shell = Shell.start(command, path)) {
            TestMount.awaitAsleep(gate, Verb.WRITE, 1);
            remove(gate);
            shell.await().expectFailure(NO_DEVICE);
        }
        assertEquals(1, fifo.releases(), "calls of release");
    }

    /** What was read before the removal is not lost with it. */
    @ParameterizedTest
    @EnumSource
    void dataBeforeTheRemovalIsDelivered(Sleep sleep) throws Exception {
        register(sleep);
        try (Shell cat = Shell.start("cat \"$1\"", path)) {
            TestMount.awaitAsleep(gate, Verb.READ, 1);
            fifo.feed("abc");
            cat.awaitOutput("abc");
            TestMount.awaitAsleep(gate, Verb.READ, 1);
            remove(gate);
            Shell.Result result = cat.await();
            result.expectFailure(NO_DEVICE);
            assertEquals("abc", result.output());
        }
    }

    /** Large writes and reads, each of which sleeps many times on the way. */
    @ParameterizedTest
    @EnumSource
    void largeTransfersArriveUnchanged(Sleep sleep) throws Exception {
        FifoDriver large = new FifoDriver(sleep, 100_000);
        mount.register("large", large);
        String script =
                "f=$(mktemp); head -c 3000000 /dev/urandom > \"$f\"; dd if=\"$f\" of=\"$1\" bs=1M"
                        + " iflag=fullblock & head -c 3000000 \"$1\" | cmp - \"$f\"; r=$?; rm"
                        + " \"$f\"; wait; exit $r";
        Shell.run(script, mount.path("large")).expect(0);
    }
}
