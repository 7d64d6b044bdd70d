package org.cdevgate.fuse;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.fuse.CompatibilityContract.Answer;
import org.cdevgate.fuse.CompatibilityContract.Kind;
import org.cdevgate.fuse.CompatibilityContract.Row;
import org.cdevgate.fuse.CompatibilityContract.Situation;
import org.cdevgate.fuse.CompatibilityContract.Target;
import org.cdevgate.fuse.driver.VerbDriver;
import org.cdevgate.fuse.driver.Waiting;
import org.cdevgate.fuse.harness.ClientProcess;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.fuse.harness.Reply;
import org.cdevgate.fuse.harness.Signal;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.Verb;

/** Makes the calls of the contract in a process of its own, and tells what it was answered. */
final class CompatibilityProbe {
    private static final int KILLED = 128 + Signal.KILL.number();

    private final TestMount mount;
    private final ClientProcess client;
    private int nodes;

    CompatibilityProbe(TestMount mount, ClientProcess client) {
        this.mount = mount;
        this.client = client;
    }

    /**
     * What a process sees: one text if all kinds of node and both ways of sleeping agree; else each
     * with who saw it.
     */
    String observe(Row row, Situation situation) throws Exception {
        boolean sleeps = situation != Situation.NORMAL && situation != Situation.AFTER;
        if (sleeps && row.verb() == null) {
            return CompatibilityContract.NEVER;
        }
        Map<String, List<String>> seen = new TreeMap<>();
        for (Kind kind : row.kinds()) {
            for (Waiting way : ways(row, kind, sleeps)) {
                seen.computeIfAbsent(
                                observe(row, situation, kind, way), unused -> new ArrayList<>())
                        .add(kind + " " + way);
            }
        }
        return seen.size() == 1 ? seen.keySet().iterator().next() : seen.toString();
    }

    /** Both ways of sleeping on a stream; on other nodes the library's part is the same. */
    private static List<Waiting> ways(Row row, Kind kind, boolean sleeps) {
        boolean both = sleeps && row.verb() != Verb.POLL && kind == row.kinds().get(0);
        return both ? List.of(Waiting.PARKED, Waiting.THREADLESS) : List.of(Waiting.THREADLESS);
    }

    private String observe(Row row, Situation situation, Kind kind, Waiting way) throws Exception {
        boolean sleeps = situation != Situation.NORMAL && situation != Situation.AFTER;
        VerbDriver driver = new VerbDriver(sleeps ? row.verb() : null, way);
        FopsGate gate = driver.gate("node" + ++nodes, kind == Kind.SEEKABLE);
        DeviceNode node = DeviceNode.named(gate.name()).flush(row.verb() == Verb.FLUSH);
        mount.register(gate, node, driver);
        boolean keepsClient = situation != Situation.KILLED;
        ClientProcess asking = keepsClient ? client : ClientProcess.start();
        try {
            Target target = target(row, asking, mount.path(gate.name()));
            if (situation == Situation.AFTER) {
                if (row.answer() == Answer.BYTE) {
                    asking.load(target.address()).expect('p'); // a page that was there before
                }
                mount.remove(gate);
            }
            Pending call = row.call().begin(asking, target);
            String seen =
                    switch (situation) {
                        case NORMAL, AFTER -> text(row, call.await());
                        case ASLEEP -> {
                            awaitAsleep(row, gate, call);
                            mount.remove(gate);
                            yield text(row, call.await());
                        }
                        case INTERRUPTED -> {
                            awaitAsleep(row, gate, call);
                            yield interrupted(row, asking, call, driver);
                        }
                        case KILLED -> {
                            awaitAsleep(row, gate, call);
                            asking.kill();
                            yield asking.awaitEnd() == KILLED
                                    ? CompatibilityContract.DIES
                                    : "lives";
                        }
                    };
            if (!keepsClient) {
                if (row.answer() == Answer.BYTE) {
                    driver.answer(); // nobody tells it that the process has died
                }
                TestMount.awaitReleased(driver);
                TestMount.awaitNoCalls(gate);
            }
            return seen;
        } finally {
            driver.answer();
            if (keepsClient) {
                asking.closeAll();
            } else {
                asking.close();
            }
            mount.remove(gate);
        }
    }

    private static Target target(Row row, ClientProcess asking, String path) throws Exception {
        if (row.verb() == Verb.OPEN) {
            return new Target(path, -1, -1, 0);
        }
        int fd = asking.open(path, OpenFlags.O_RDWR);
        int epoll = -1;
        if (row.verb() == Verb.POLL) {
            epoll = asking.epollCreate();
            asking.epollAdd(epoll, fd, PollEvents.POLLIN);
        }
        long address = row.answer() == Answer.BYTE ? asking.map(fd, VerbDriver.PAGE) : 0;
        return new Target(path, fd, epoll, address);
    }

    private static void awaitAsleep(Row row, FopsGate gate, Pending call) throws Exception {
        if (row.verb() == Verb.POLL) {
            call.awaitPolling();
        } else {
            TestMount.awaitAsleep(gate, row.verb(), 1);
        }
    }

    /** A fault has no result that a handler could change: it is over when its page is there. */
    private static String interrupted(
            Row row, ClientProcess asking, Pending call, VerbDriver driver) throws Exception {
        int before = asking.handled();
        asking.interrupt(call);
        if (row.answer() != Answer.BYTE) {
            return text(row, call.await());
        }
        boolean ended = call.isDone();
        driver.answer();
        String result = text(row, call.await());
        boolean handled = asking.handled() == before + 1;
        return !ended && handled && result.equals("data")
                ? CompatibilityContract.SLEEPS_ON
                : result + ", handler " + (handled ? "ran" : "did not run");
    }

    private static String text(Row row, Reply reply) {
        if (reply.errno() != 0) {
            return Errno.describe(reply.errno()).replaceFirst("^(\\w+).*", "$1");
        }
        long value = reply.value();
        return switch (row.answer()) {
            case NUMBER -> Long.toString(value);
            case DESCRIPTOR -> "descriptor";
            case ADDRESS -> "address";
            case BYTE -> value == -Signal.BUS.number() ? "SIGBUS" : value == 'p' ? "data" : "?";
            case EVENTS -> events((int) value);
            case SETS -> sets((int) value);
        };
    }

    private static String sets(int mask) {
        List<String> names = new ArrayList<>();
        String[] all = {"readable", "writable", "exceptional"};
        for (int bit = 0; bit < all.length; bit++) {
            if ((mask >> bit & 1) != 0) {
                names.add(all[bit]);
            }
        }
        return names.isEmpty() ? "none" : String.join(", ", names);
    }

    private static String events(int mask) {
        record Event(String name, int bit) {}
        List<Event> known =
                List.of(
                        new Event("POLLIN", PollEvents.POLLIN),
                        new Event("POLLRDNORM", PollEvents.POLLRDNORM),
                        new Event("POLLERR", PollEvents.POLLERR),
                        new Event("POLLHUP", PollEvents.POLLHUP));
        List<String> names = new ArrayList<>();
        int rest = mask;
        for (Event event : known) {
            if ((mask & event.bit) != 0) {
                names.add(event.name);
                rest &= ~event.bit;
            }
        }
        if (rest != 0 || names.isEmpty()) {
            names.add("0x" + Integer.toHexString(rest));
        }
        return String.join(", ", names);
    }
}
