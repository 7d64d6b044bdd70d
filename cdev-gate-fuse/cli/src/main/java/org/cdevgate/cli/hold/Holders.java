package org.cdevgate.cli.hold;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.cdevgate.cli.exit.CommandFailure;
import org.cdevgate.cli.exit.ExitCodes;
import org.cdevgate.drivers.spec.Nearest;
import org.jspecify.annotations.Nullable;

/** The holders of this user that run now. */
public final class Holders implements AutoCloseable {
    private final List<HolderConnection> all = new ArrayList<>();

    /** What is wrong with those that do not answer, a line each. */
    private final List<String> silent = new ArrayList<>();

    private Holders() {}

    /** Looks for them, and clears what dead ones have left. */
    public static Holders find(SocketFolder folder) throws IOException {
        Holders holders = new Holders();
        for (SocketChannel each : folder.connectAll()) {
            try {
                holders.all.add(new HolderConnection(each));
            } catch (IOException e) {
                holders.silent.add(
                        "a holder at " + each.getRemoteAddress() + ": " + e.getMessage());
                each.close();
            }
        }
        return holders;
    }

    /** Those that answer. */
    public List<HolderConnection> all() {
        return List.copyOf(all);
    }

    /** For each that does not answer a line about it. */
    public List<String> silent() {
        return List.copyOf(silent);
    }

    /**
     * The one that has a device.
     *
     * @param pid of the holder; null if any is meant
     */
    public HolderConnection having(String device, @Nullable String pid) throws CommandFailure {
        List<HolderConnection> meant =
                all.stream().filter(each -> pid == null || each.pid().equals(pid)).toList();
        if (meant.isEmpty()) {
            throw new CommandFailure(
                    ExitCodes.FAILED,
                    pid == null
                            ? "no holder of yours runs; start one: cdev-gate hold --device "
                                    + device
                                    + "=null"
                            : "no holder of yours has the pid "
                                    + pid
                                    + "; cdev-gate ls lists them");
        }
        List<HolderConnection> having =
                meant.stream().filter(each -> each.devices().contains(device)).toList();
        if (having.isEmpty()) {
            TreeSet<String> known = new TreeSet<>();
            meant.forEach(each -> known.addAll(each.devices()));
            throw new CommandFailure(
                    ExitCodes.FAILED,
                    "no device "
                            + device
                            + " is held"
                            + Nearest.hint(device, known)
                            + "; there are "
                            + String.join(", ", known));
        }
        if (having.size() > 1) {
            throw new CommandFailure(
                    ExitCodes.FAILED,
                    having.size()
                            + " holders have a device "
                            + device
                            + "; give --holder with one of "
                            + having.stream()
                                    .map(HolderConnection::pid)
                                    .collect(Collectors.joining(", ")));
        }
        return having.get(0);
    }

    @Override
    public void close() throws IOException {
        for (HolderConnection each : all) {
            each.close();
        }
    }
}
