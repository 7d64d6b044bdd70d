package org.cdevgate.fuse.faults.judge;

import java.util.ArrayList;
import java.util.List;

/** An open file as the logs show it: duplicates and forked children's descriptors included. */
final class OpenedFile {
    private final List<ClientCall> showing = new ArrayList<>();
    private final List<History.Device> candidates = new ArrayList<>();
    private ClientCall open;
    private long nonBlockingSince = History.NEVER;

    void add(ClientCall call, History history) {
        if (call.generation() != 0) {
            showing.add(call);
        }
        if (call.detail().endsWith("nonblock")) {
            nonBlockingSince = Math.min(nonBlockingSince, call.begin());
        }
        if (call.name().equals("open")) {
            open = call;
            String name = call.detail().split(" ", 2)[0];
            for (History.Device device : history.devices()) {
                if (device.name.equals(name)
                        && device.plugging <= call.end()
                        && call.begin() <= device.flagged
                        && call.begin() <= device.mount.dead) {
                    candidates.add(device);
                }
            }
        }
    }

    boolean hasOpen() {
        return open != null;
    }

    List<ClientCall> showing() {
        return showing;
    }

    boolean mayBe(long generation) {
        return candidates.stream().anyMatch(device -> device.generation == generation);
    }

    /** The devices that it may be of: one, if it ever showed a generation. */
    List<History.Device> devices() {
        if (!showing.isEmpty()) {
            for (History.Device device : candidates) {
                if (device.generation == showing.get(0).generation()) {
                    return List.of(device);
                }
            }
        }
        return candidates;
    }

    boolean wasNonBlocking(ClientCall call) {
        return nonBlockingSince <= call.end();
    }

    String kind() {
        return open == null ? "?" : History.kindOf(open.detail().split(" ", 2)[0]);
    }

    String describe() {
        StringBuilder text = new StringBuilder();
        text.append("  opened by ").append(open).append('\n');
        devices().forEach(device -> text.append("  of ").append(device).append('\n'));
        if (!showing.isEmpty()) {
            text.append("  first showed a generation in ").append(showing.get(0)).append('\n');
        }
        return text.toString();
    }
}
