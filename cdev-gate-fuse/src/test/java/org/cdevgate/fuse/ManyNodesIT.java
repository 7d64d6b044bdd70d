package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.cdevgate.fuse.harness.Shell;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.junit.jupiter.api.Test;

/** Directories of thousands of nodes, in which others come and go all the time. */
class ManyNodesIT extends MountBase {
    private static final int COUNT = Integer.getInteger("cdevgate.nodes", 4_000);
    private static final long BETWEEN_NANOS = 1_000_000;
    private static final List<String> FOLDERS = List.of("", "input/", "a/b/c/");

    private FopsGate register(String name) throws Exception {
        return mount.register(name, new FileOperations() {});
    }

    private static String nameOf(int number) {
        return FOLDERS.get(number % FOLDERS.size()) + "stay" + number;
    }

    /** Registers and removes until it is told to stop; returns how many. */
    private int comeAndGo(AtomicBoolean stop, String prefix) throws Exception {
        ArrayDeque<FopsGate> present = new ArrayDeque<>();
        int made = 0;
        while (!stop.get()) {
            String folder = FOLDERS.get(made % FOLDERS.size());
            present.add(register(folder + prefix + made++));
            present.add(register("folder-" + prefix + made + "/x"));
            while (present.size() > 20) {
                present.remove().unregisterSync();
            }
            LockSupport.parkNanos(BETWEEN_NANOS); // the processor is for the clients
        }
        for (FopsGate gate : present) {
            gate.unregisterSync();
        }
        return made;
    }

    @Test
    void eachNodeThatStaysIsListedOnceWhileOthersComeAndGo() throws Exception {
        for (int i = 0; i < COUNT; i++) {
            register(nameOf(i));
        }
        ExecutorService threads =
                Executors.newFixedThreadPool(
                        2,
                        task -> {
                            Thread thread = new Thread(task, "harness-churn");
                            thread.setDaemon(true);
                            return thread;
                        });
        AtomicBoolean stop = new AtomicBoolean();
        List<Future<Integer>> churn = new ArrayList<>();
        List<Shell> lookers = new ArrayList<>();
        try {
            for (String prefix : List.of("one", "two")) {
                Callable<Integer> task = () -> comeAndGo(stop, prefix);
                churn.add(threads.submit(task));
            }
            String once =
                    "| grep -o '[^/]*stay[0-9]*$' | sort | uniq -c | awk '{print $1}' | uniq -c";
            for (String command :
                    List.of(
                            "find . 2>/dev/null " + once,
                            "ls -RU 2>/dev/null " + once,
                            "find . -printf '%s %i %p\\n' 2>/dev/null " + once,
                            // These look each of them up by its name.
                            "ls -d stay* input/stay* a/b/c/stay* " + once,
                            "ls -d stay* input/stay* a/b/c/stay* " + once)) {
                lookers.add(Shell.start("cd \"$1\" && " + command, mount.path()));
            }
            for (Shell looker : lookers) {
                Shell.Result result = looker.await();
                assertEquals(
                        COUNT + " 1",
                        result.expect(0).strip(),
                        () -> "count of nodes, times that each is listed: " + result);
            }
            stop.set(true);
            for (Future<Integer> each : churn) {
                assertTrue(each.get(30, TimeUnit.SECONDS) > 0, "nothing came and went");
            }
        } finally {
            stop.set(true);
            threads.shutdown();
            for (Shell looker : lookers) {
                looker.close();
            }
        }
        String left = Shell.run("cd \"$1\" && find . -type f | wc -l", mount.path()).expect(0);
        assertEquals(COUNT + "", left.strip());
    }

    private String stat(String format, String name) throws Exception {
        String path = name.isEmpty() ? mount.path() : mount.path(name);
        return Shell.run("stat -c \"$1\" \"$2\"", format, path).expect(0).strip();
    }

    @Test
    void aDirectoryTellsThatItsContentHasChanged() throws Exception {
        FopsGate first = register("dir/first");
        assertEquals("3", stat("%h", ""));
        assertEquals("2", stat("%h", "dir"));
        FopsGate deep = register("dir/sub/x");
        assertEquals("3", stat("%h", "dir"));
        String old = "touch -d '2001-02-03 04:05:06 UTC' \"$1\"";
        Shell.run(old, mount.path("dir")).expect(0);
        assertEquals("981173106", stat("%Y", "dir"));
        FopsGate second = register("dir/second");
        assertNotEquals("981173106", stat("%Y", "dir"), "mtime after a node came");
        Shell.run(old, mount.path("dir")).expect(0);
        mount.remove(second);
        assertNotEquals("981173106", stat("%Y", "dir"), "mtime after a node went");
        assertEquals(stat("%.9Y", "dir"), stat("%.9Z", "dir"), "ctime");
        mount.remove(deep);
        assertEquals("2", stat("%h", "dir"));
        String fd =
                "cd \"$1\"; exec 3< .; echo ready; while test -e first; do :; done; stat -L -c"
                        + " %h /proc/self/fd/3";
        try (Shell inside = Shell.start(fd, mount.path("dir"))) {
            inside.awaitOutput("ready");
            mount.remove(first);
            assertEquals("ready\n0\n", inside.await().expect(0), "links of a removed directory");
        }
    }
}
