package org.cdevgate.examples.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.fuse.DeviceMount;
import org.cdevgate.fuse.DeviceNode;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.CallInFlight;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.diagnostics.RemovalPhase;
import org.cdevgate.gate.diagnostics.RemovalTimeline;
import org.cdevgate.gate.front.RemovalListener;

/**
 * Unplugs a device under four processes, one asleep in read, one looping over an ioctl, one waiting
 * in poll, one idle with the node open, and checks that each got what the contract says. Exits with
 * 1 if anything differs. {@code --hold} keeps a mount to play with instead.
 */
public final class RemovalDemo {
    private static final String USAGE = "usage: RemovalDemo [--hold | --picture FILE]";
    private static final String NODE = "sensor0";

    private final Account account = new Account();
    private final SensorDriver driver = new SensorDriver();
    private final List<Child> children = new ArrayList<>();
    private List<RemovalTimeline> timelines = List.of();

    private RemovalDemo() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        if (List.of(args).contains("--help")) {
            System.out.println(USAGE);
            System.out.println(
                    "Removes a device under four processes, and draws that; --hold keeps a mount"
                            + " instead.");
            return;
        }
        boolean hold = args.length == 1 && args[0].equals("--hold");
        Path picture = args.length == 2 && args[0].equals("--picture") ? Path.of(args[1]) : null;
        if (args.length > 0 && !hold && picture == null) {
            System.err.println("unknown arguments " + String.join(" ", args) + "; " + USAGE);
            System.exit(2);
        }
        Path folder = Files.createTempDirectory("cdev-gate-demo");
        int violations = 0;
        try {
            if (hold) {
                HeldMount.run(folder);
            } else {
                RemovalDemo demo = new RemovalDemo();
                violations = demo.run(folder);
                if (picture != null) { // after the mount, which may be on the way to the file
                    demo.draw(picture);
                }
            }
        } finally {
            Files.deleteIfExists(folder);
        }
        System.exit(violations == 0 ? 0 : 1);
    }

    private void draw(Path file) throws IOException {
        Picture picture = new Picture(timelines.get(0));
        picture.add(children.get(0), "read", "ENODEV", RemovalPhase.WAKE);
        picture.add(children.get(1), "ioctl, again and again", "ENODEV", RemovalPhase.FLAG);
        picture.add(children.get(2), "poll", "POLLERR|POLLHUP", RemovalPhase.WAKE);
        picture.writeTo(file);
        System.out.println("Drawn: " + file);
    }

    private int run(Path folder) throws IOException, InterruptedException {
        try (DeviceMount dev = DeviceMount.mount(folder)) {
            account.title("A device, and processes that use it");
            FopsGate gate =
                    FopsGate.builder(NODE, driver)
                            .onTeardown(() -> account.tell("teardown: nothing runs any more"))
                            .build();
            dev.register(gate, DeviceNode.named(NODE));
            tellPhases(gate);
            account.tell("mounted on " + folder + ", registered " + NODE);
            String path = dev.path(NODE).toString();
            startChildren(gate, path);
            remove(gate);
            checkChildren(path);
            checkNothingLeft(dev, gate);
        } finally {
            children.forEach(Child::kill);
        }
        account.check(
                !Files.readString(Path.of("/proc/self/mountinfo")).contains(folder.toString()),
                "the mount is gone from the table");
        account.title(
                account.violations() == 0
                        ? "Every process got what the contract says."
                        : account.violations() + " differences from the contract, see above.");
        return account.violations();
    }

    private void tellPhases(FopsGate gate) throws IOException {
        try {
            gate.front()
                    .addRemovalListener(
                            new RemovalListener() {
                                @Override
                                public void onFlagged() {
                                    account.tell("flag set, name gone: new calls are refused");
                                }

                                @Override
                                public void onDrained() {
                                    account.tell("drained: no call in flight, every file released");
                                }
                            });
        } catch (ErrnoException e) {
            throw new IOException("the fresh gate is being removed", e);
        }
    }

    private void startChildren(FopsGate gate, String path)
            throws IOException, InterruptedException {
        children.add(Child.start("cat, asleep in read", "cat", path));
        children.add(Child.startClient("looping over ioctl", "ioctl", path));
        children.add(Child.startClient("waiting in poll", "poll", path));
        children.add(Child.startClient("idle, node open", "idle", path));
        boolean inside =
                account.await(
                        () ->
                                gate.openFiles().size() == children.size()
                                        && driver.asked() > 0
                                        && sleepsInRead(gate)
                                        && isAsleep(children.get(2).pid()));
        account.check(inside, "all " + children.size() + " processes have the node open");
        for (Child child : children) {
            account.tell("pid " + child.pid() + ": " + child.title);
        }
        for (CallInFlight call : gate.callsInFlight()) {
            account.tell("in the driver now: " + call);
        }
    }

    private static boolean sleepsInRead(FopsGate gate) {
        return gate.callsInFlight().stream().anyMatch(call -> call.verb() == Verb.READ);
    }

    /**
     * Whether the main thread of a process that has opened the node sleeps in the kernel's poll.
     */
    private static boolean isAsleep(long pid) {
        try (var tasks = Files.list(Path.of("/proc/" + pid + "/task"))) {
            return tasks.anyMatch(
                    task -> {
                        try {
                            return Files.readString(task.resolve("syscall"))
                                    .startsWith(POLL_SYSTEM_CALL);
                        } catch (IOException e) {
                            return false; // ended meanwhile, or not ours to see
                        }
                    });
        } catch (IOException e) {
            return false;
        }
    }

    // poll(2) is 7 on x86-64; ARM has only ppoll(2), 73.
    private static final String POLL_SYSTEM_CALL =
            System.getProperty("os.arch").equals("amd64") ? "7 " : "73 ";

    private void remove(FopsGate gate) {
        account.title("unregisterSync()");
        int asked = driver.asked();
        boolean here = gate.unregisterSync();
        timelines = gate.timelines();
        account.tell("unregisterSync() returned " + here);
        int afterwards = driver.asked();
        account.check(here, "this thread did the teardown");
        account.check(asked > 0, "the ioctl loop was inside until then (" + afterwards + " calls)");
        account.check(gate.callsInFlight().isEmpty(), "no call is in flight");
        account.check(driver.opens() == children.size(), driver.opens() + " files were opened");
        account.check(driver.eachReleasedOnce(), "release ran once for each of them");
        account.check(driver.asked() == afterwards, "the driver is not called any more");
    }

    private void checkChildren(String path) throws IOException, InterruptedException {
        account.title("What each process got");
        expect(children.get(0), 1, "cat: " + path + ": No such device");
        expect(children.get(1), 19, "ioctl: ENODEV");
        expect(children.get(2), 0, "poll: POLLERR|POLLHUP");
        Child idle = children.get(3);
        account.check(idle.isAlive(), "idle: still there, nobody waited for it to close");
        idle.tell();
        expect(idle, 19, "read: ENODEV");
        Child late = Child.start("cat, too late", "cat", path);
        children.add(late);
        expect(late, 1, "cat: " + path + ": No such file or directory");
    }

    private void expect(Child child, int exit, String line) throws InterruptedException {
        int code = child.awaitExit();
        String got = child.title + ": \"" + child.lastLine() + "\", exit code " + code;
        boolean holds = code == exit && child.lastLine().equals(line);
        account.check(holds, holds ? got : got + "; expected \"" + line + "\", exit code " + exit);
    }

    private void checkNothingLeft(DeviceMount dev, FopsGate gate) throws InterruptedException {
        account.title("What is left");
        account.checkSoon(() -> dev.openFiles() == 0, "no open file");
        account.check(gate.openFiles().isEmpty() && gate.isRemoved(), "the gate is removed");
        account.check(dev.gates().isEmpty(), "no device");
    }
}
