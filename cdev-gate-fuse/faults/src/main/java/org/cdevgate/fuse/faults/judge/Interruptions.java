package org.cdevgate.fuse.faults.judge;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which calls a signal can have reached. */
final class Interruptions {
    private static final int SIGSTOP = 19;
    private static final int SIGUSR1 = 10;

    private final History history;
    private final Map<Integer, List<ClientLog.Handled>> byThread = new HashMap<>();
    private final Map<Integer, List<ClientLog.Handled>> byProcess = new HashMap<>();

    Interruptions(History history, List<ClientLog.Handled> handled) {
        this.history = history;
        for (ClientLog.Handled each : handled) {
            byThread.computeIfAbsent(each.tid(), key -> new ArrayList<>()).add(each);
            byProcess.computeIfAbsent(each.pid(), key -> new ArrayList<>()).add(each);
        }
    }

    /**
     * Whether a handler ran on the thread during the call, or the process got a signal whose effect
     * overlaps the call. The kernel may disturb one thread for a signal to the process and have
     * another one run the handler, so for those the time from the sending to the handler counts.
     */
    boolean reached(ClientCall call) {
        for (ClientLog.Handled each : byThread.getOrDefault(call.tid(), List.of())) {
            if (call.overlaps(each.time(), each.time())) {
                return true;
            }
        }
        for (History.Sent sent : history.signals(call.pid())) {
            if (call.overlaps(sent.begin(), effectUntil(call.pid(), sent))) {
                return true;
            }
        }
        return false;
    }

    private long effectUntil(int pid, History.Sent sent) {
        if (sent.signal() == SIGSTOP) {
            return sent.end();
        }
        if (sent.signal() != SIGUSR1) {
            return History.NEVER; // fatal
        }
        return byProcess.getOrDefault(pid, List.of()).stream()
                .filter(each -> each.signal() == SIGUSR1 && each.time() >= sent.begin())
                .mapToLong(ClientLog.Handled::time)
                .min()
                .orElse(History.NEVER);
    }
}
