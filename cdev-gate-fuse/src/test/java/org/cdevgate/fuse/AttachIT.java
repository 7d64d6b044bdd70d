package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.cdevgate.abi.Errno;
import org.cdevgate.fuse.driver.Waiting;
import org.cdevgate.fuse.harness.ClientProcess;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.fuse.harness.Shell;
import org.cdevgate.fuse.harness.ToolMissing;
import org.cdevgate.fuse.harness.Within;
import org.cdevgate.gate.calls.Verb;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A debugger attaches to a process that sleeps in a device. It is a stop of the process: a call
 * whose driver listens ends with EINTR; one whose driver does not makes the debugger wait. With
 * {@code -Dcdevgate.attach.all=true} for each verb, else for read alone.
 */
class AttachIT extends MountBase {
    private static final boolean ALL = Boolean.getBoolean("cdevgate.attach.all");

    static Stream<Arguments> calls() {
        List<Arguments> all = new ArrayList<>();
        List<Verb> verbs =
                ALL
                        ? List.of(
                                Verb.OPEN,
                                Verb.READ,
                                Verb.WRITE,
                                Verb.IOCTL,
                                Verb.FSYNC,
                                Verb.FLUSH)
                        : List.of(Verb.READ);
        for (Verb verb : verbs) {
            for (Waiting waiting : Waiting.values()) {
                all.add(Arguments.of(verb, waiting));
            }
        }
        return all.stream();
    }

    private void expect(SleepingCalls node, Waiting waiting, Pending call) throws Exception {
        if (waiting.isHonouring()) {
            call.await().expect(Errno.EINTR);
        } else {
            node.expectAnswer(call);
        }
    }

    /** With a deaf driver: the debugger has stopped all threads but the one that is asleep. */
    private static void awaitStuck(SleepingCalls node, Pending call, Shell tool) throws Exception {
        Within.limit("the driver ignores it", () -> node.driver().ignoredInterrupts() == 1);
        call.awaitState("D");
        assertTrue(tool.isAlive(), "the debugger did not wait for the call");
        assertFalse(call.isDone(), "a living process lost its call");
        node.driver().answer();
    }

    @ParameterizedTest
    @MethodSource("calls")
    void gdbAttachesAndDetaches(Verb verb, Waiting waiting) throws Exception {
        ToolMissing.require("gdb", "gdb");
        try (SleepingCalls node = new SleepingCalls(mount, "node", verb, waiting);
                ClientProcess asking = ClientProcess.start()) {
            Pending call = node.begin(asking);
            String pid = Long.toString(asking.pid());
            // Without symbols, which would take it longer than all else.
            try (Shell gdb =
                    Shell.start(
                            "gdb -nx -q -batch -iex 'set auto-solib-add off' -ex 'info threads'"
                                    + " -p \"$1\"",
                            pid)) {
                if (!waiting.isHonouring()) {
                    awaitStuck(node, call, gdb);
                }
                Shell.Result result = gdb.await();
                assertTrue(result.expect(0).contains("LWP " + pid), result::toString);
            }
            expect(node, waiting, call);
        }
    }

    @ParameterizedTest
    @MethodSource("calls")
    void straceAttachesAndDetaches(Verb verb, Waiting waiting) throws Exception {
        ToolMissing.require("strace", "strace");
        try (SleepingCalls node = new SleepingCalls(mount, "node", verb, waiting);
                ClientProcess asking = ClientProcess.start()) {
            Pending call = node.begin(asking);
            try (Shell strace = Shell.exec("strace", "-f", "-p", Long.toString(asking.pid()))) {
                if (!waiting.isHonouring()) {
                    awaitStuck(node, call, strace);
                }
                expect(node, waiting, call);
                asking.handled(); // while it is traced
                strace.signal("INT");
                Shell.Result result = strace.await();
                assertTrue(result.errors().contains("attached"), result::toString);
            }
            asking.handled(); // when it no longer is
        }
    }
}
