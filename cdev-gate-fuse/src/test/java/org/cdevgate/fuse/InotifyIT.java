package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.fuse.driver.DiskDriver;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.driver.Sleep;
import org.cdevgate.fuse.harness.ClientProcess;
import org.cdevgate.fuse.harness.Closing;
import org.cdevgate.fuse.harness.InotifyClient;
import org.cdevgate.fuse.harness.Shell;
import org.cdevgate.fuse.harness.Within;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Programs without udev watch /dev by inotify(7), and see nodes come and go. */
@Timeout(60)
class InotifyIT {
    private TestMount mount;
    private InotifyClient watcher;
    private String root;

    @BeforeAll
    static void loadEverything() throws Exception {
        TestMount.loadEverything();
    }

    @BeforeEach
    void mount() throws Exception {
        mount = TestMount.create(builder -> builder.inotify(true));
        watcher = new InotifyClient();
        root = watcher.watch(mount.path());
    }

    @AfterEach
    void unmount() throws Exception {
        List<ProcessHandle> helpers = mount == null ? List.of() : helpers();
        Closing.all(watcher, mount);
        for (ProcessHandle helper : helpers) {
            assertFalse(helper.isAlive(), "the helper outlives DeviceMount.close()");
        }
    }

    private List<ProcessHandle> helpers() {
        String end = " -s " + mount.path();
        return ProcessHandle.current()
                .children()
                .filter(child -> child.info().commandLine().orElse("").endsWith(end))
                .toList();
    }

    private static FifoDriver fifo() {
        return new FifoDriver(Sleep.THREADLESS);
    }

    private FopsGate register(DeviceNode node, FileOperations driver) throws Exception {
        return mount.register(FopsGate.of(node.name(), driver), node, driver);
    }

    private String inMount(String script) throws Exception {
        return Shell.run("cd \"$1\" && " + script, mount.path()).expect(0).strip();
    }

    @Test
    void watchersSeeNodesLinksAndDirectoriesComeAndGo() throws Exception {
        FopsGate first = register(DeviceNode.named("input/event0").link("mouse"), fifo());
        watcher.awaitAll(root, List.of("CREATE|ISDIR input", "CREATE mouse"));
        String input = watcher.watch(mount.path("input"));
        FopsGate second = register(DeviceNode.named("input/event1"), fifo());
        watcher.awaitAll(input, List.of("CREATE event1"));

        mount.remove(first);
        watcher.await(root, "DELETE mouse");
        mount.remove(second);
        watcher.await(root, "DELETE|ISDIR input");
        watcher.await(input, "IGNORED");
        assertEquals(
                List.of(
                        "CREATE event1",
                        "DELETE event0",
                        "DELETE event1",
                        "DELETE_SELF",
                        "IGNORED"),
                watcher.events(input).stream().filter(event -> !event.contains("ATTRIB")).toList());
        assertEquals(
                List.of("CREATE|ISDIR input", "CREATE mouse", "DELETE mouse", "DELETE|ISDIR input"),
                watcher.events(root));
        assertEquals(".", inMount("find ."));
    }

    @Test
    void aWatchOnTheNodeItselfSeesItGo() throws Exception {
        FopsGate stream = register(DeviceNode.named("stream"), fifo());
        DiskDriver content = new DiskDriver("content", false);
        FopsGate disk = mount.register(content.gate("disk"), DeviceNode.named("disk"), content);
        watcher.await(root, "CREATE disk");
        String onStream = watcher.watch(mount.path("stream"));
        String onDisk = watcher.watch(mount.path("disk"));
        Shell.run("chmod 644 \"$1\"", mount.path("disk")).expect(0);
        watcher.await(onDisk, "ATTRIB");
        mount.remove(stream);
        mount.remove(disk);
        watcher.await(onStream, "DELETE_SELF");
        watcher.await(onDisk, "DELETE_SELF");
        watcher.await(root, "DELETE stream");
        watcher.await(root, "DELETE disk");
    }

    /** A name is there as long as its device, whenever its events come. */
    @Test
    void eventsChangeNothingOfWhatOthersSee() throws Exception {
        String loop =
                "cd \"$1\"; n=0; while test ! -e stop; do n=$((n+1)); test -e stays || echo lost;"
                        + " test -L link || echo no link; test -e gone && echo ghost; ls | grep -c '^stays'"
                        + " | grep -qx 1 || echo listed wrongly; done; echo ended";
        register(DeviceNode.named("stays").link("link"), fifo());
        try (Shell looker = Shell.start(loop, mount.path())) {
            for (int i = 0; i < 60; i++) {
                FopsGate gate = register(DeviceNode.named("gate" + i % 3).link("dir/link"), fifo());
                mount.remove(gate);
            }
            // Of the same name, in which events of the old may meet the new.
            for (int i = 0; i < 60; i++) {
                FopsGate old = register(DeviceNode.named("a/same"), fifo());
                mount.remove(old);
                FopsGate fresh = register(DeviceNode.named("a/same"), fifo());
                if (i % 10 == 0) {
                    assertEquals("a/same", inMount("ls a/same"));
                }
                mount.remove(fresh);
                if (i % 10 == 5) {
                    Shell.run("ls \"$1\"", mount.path("a")).expectFailure("No such file");
                }
            }
            FopsGate end = register(DeviceNode.named("stop"), fifo());
            Shell.Result result = looker.await();
            assertEquals("ended\n", result.expect(0));
            assertEquals("", result.errors());
            watcher.await(root, "CREATE stop");
            mount.remove(end);
        }
        List<String> seen = watcher.events(root);
        assertEquals(120, seen.stream().filter("CREATE|ISDIR a"::equals).count());
        assertEquals(120, seen.stream().filter("DELETE|ISDIR a"::equals).count());
        expectAlternating(seen, "gate0");
        expectAlternating(seen, "a");
    }

    private static void expectAlternating(List<String> events, String name) {
        String expected = "CREATE";
        for (String event : events) {
            if (event.endsWith(" " + name)) {
                assertTrue(event.startsWith(expected), () -> "out of order: " + events);
                expected = expected.equals("CREATE") ? "DELETE" : "CREATE";
            }
        }
        assertEquals("CREATE", expected, () -> "an event of " + name + " is missing: " + events);
    }

    @Test
    void namesOfAnyBytesArriveUnchanged() throws Exception {
        List<String> names =
                List.of(
                        "it's",
                        "a b",
                        "-rf",
                        "$HOME",
                        "*",
                        "\\",
                        "`x`",
                        "new\nline",
                        "\"",
                        "ä€",
                        "~",
                        "#",
                        "\uDC81\uDC82\uDC88",
                        "x".repeat(255),
                        "!",
                        ";",
                        "é'\"'");
        List<FopsGate> gates = new ArrayList<>();
        for (String name : names) {
            gates.add(register(DeviceNode.named(name), fifo()));
        }
        watcher.await(root, "CREATE é'\"'");
        for (FopsGate gate : gates) {
            mount.remove(gate);
        }
        watcher.await(root, "DELETE é'\"'");
        for (String name : names) {
            if (name.equals(name.strip()) && name.indexOf('\n') < 0 && name.charAt(0) != 0xDC81) {
                assertTrue(watcher.events(root).contains("CREATE " + name), name);
                assertTrue(watcher.events(root).contains("DELETE " + name), name);
            }
        }
        String all = watcher.events().toString();
        assertTrue(all.contains("CREATE new, line"), all);
        assertTrue(all.contains("CREATE \uFFFD\uFFFD\uFFFD"), all);
    }

    /** What the helper does, nobody else can. */
    @Test
    void othersCannotMakeOrRemoveWhatTheHelperIsAbout() throws Exception {
        String attempts =
                "cd \"$1\"; while test ! -e stop; do ln -s x node; mkdir dir; rm node; rmdir dir;"
                        + " done 2>&1 | grep -Ev 'not permitted|No such file|File exists|cannot"
                        + " remove .node|failed to remove'; ls -A";
        try (Shell attacker = Shell.start(attempts, mount.path())) {
            for (int i = 0; i < 50; i++) {
                FopsGate gate = register(DeviceNode.named("node").link("dir/x"), fifo());
                assertEquals("0", inMount("test -f node; echo $?"));
                mount.remove(gate);
            }
            FopsGate stop = register(DeviceNode.named("stop"), fifo());
            assertEquals("stop\n", attacker.await().expect(0));
            mount.remove(stop);
        }
    }

    @Test
    void aStoppedHelperHoldsUpNobodyAndItsEventsComeLater() throws Exception {
        mount.remove(register(DeviceNode.named("first"), fifo()));
        watcher.await(root, "DELETE first");
        String pid = Long.toString(helpers().get(0).pid());
        Shell.run("kill -STOP \"$1\"", pid).expect(0);
        FopsGate gate = register(DeviceNode.named("node"), fifo());
        assertEquals("node", inMount("ls"));
        try (ClientProcess client = ClientProcess.start()) {
            int fd = client.open(mount.path("node"), OpenFlags.O_RDWR);
            mount.remove(gate);
            client.read(fd, 1).expect(Errno.ENODEV);
            client.tryOpen(mount.path("node"), OpenFlags.O_RDWR).expect(Errno.ENOENT);
        }
        FopsGate again = register(DeviceNode.named("node"), fifo());
        assertFalse(watcher.events(root).contains("CREATE node"));
        Shell.run("kill -CONT \"$1\"", pid).expect(0);
        watcher.awaitAll(
                root,
                List.of(
                        "CREATE first",
                        "DELETE first",
                        "CREATE node",
                        "DELETE node",
                        "CREATE node"));
        assertEquals("node", inMount("ls"));
        mount.remove(again);
    }

    @Test
    void aStoppedHelperDoesNotHoldUpTheEnd() throws Exception {
        register(DeviceNode.named("first"), fifo());
        watcher.await(root, "CREATE first");
        Shell.run("kill -STOP \"$1\"", Long.toString(helpers().get(0).pid())).expect(0);
        register(DeviceNode.named("second"), fifo());
        mount.unmount();
    }

    @Test
    void aHelperThatDiesIsStartedAgain() throws Exception {
        for (int i = 0; i < 5; i++) {
            FopsGate gate = register(DeviceNode.named("node" + i), fifo());
            watcher.await(root, "CREATE node" + i);
            Shell.run("kill -KILL \"$1\"", Long.toString(helpers().get(0).pid())).expect(0);
            mount.remove(gate);
            watcher.await(root, "DELETE node" + i);
        }
    }

    /** What the helper makes and removes must never be in the folder below. */
    @Test
    void foreignUnmountLeavesTheFolderBelowAlone() throws Exception {
        FopsGate gate = register(DeviceNode.named("node"), fifo());
        watcher.await(root, "CREATE node");
        watcher.close();
        Shell.run("umount -l \"$1\"", mount.path()).expect(0);
        Path folder = Path.of(mount.path());
        Within.limit("unmounted", () -> !mount.isMounted());
        Files.writeString(folder.resolve("node"), "precious", StandardCharsets.UTF_8);
        try {
            mount.remove(gate);
            for (int i = 0; i < 3; i++) {
                mount.remove(register(DeviceNode.named("other" + i), fifo()));
            }
            mount.unmount();
            assertEquals(
                    List.of("node"),
                    Shell.run("ls \"$1\"", mount.path()).expect(0).lines().toList());
        } finally {
            Files.delete(folder.resolve("node"));
        }
    }

    /** The mount is not busy because of the helper. */
    @Test
    void theHelperDoesNotKeepTheMountBusy() throws Exception {
        register(DeviceNode.named("node"), fifo());
        watcher.await(root, "CREATE node");
        watcher.close(); // a watch is no obstacle either, but the process is not needed any more
        Shell.run("umount \"$1\"", mount.path()).expect(0);
        Within.limit("unmounted", () -> !mount.isMounted());
    }

    @Test
    void manyAtOnceAreFewCommands() throws Exception {
        List<FopsGate> gates = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            gates.add(register(DeviceNode.named("many/node" + i), fifo()));
        }
        watcher.await(root, "CREATE|ISDIR many");
        String many = watcher.watch(mount.path("many"));
        for (FopsGate gate : gates) {
            mount.remove(gate);
        }
        watcher.await(root, "DELETE|ISDIR many");
        assertEquals(
                500,
                watcher.events(many).stream().filter(e -> e.startsWith("DELETE node")).count());
    }
}
