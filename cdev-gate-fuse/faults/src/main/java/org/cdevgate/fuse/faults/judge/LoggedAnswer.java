package org.cdevgate.fuse.faults.judge;

import org.cdevgate.abi.Errno;
import org.cdevgate.abi.PollEvents;

/** What a call came to, in the words of the table of outcomes. */
final class LoggedAnswer {
    private static final int GONE = PollEvents.POLLERR | PollEvents.POLLHUP;
    private static final int BOTH_SETS = 3;

    private LoggedAnswer() {}

    /** The word for a call's result. */
    static String of(ClientCall call) {
        if (call.result() < 0) {
            if (call.isTouch()) {
                return "SIGBUS";
            }
            Errno errno = Errno.of(call.errno());
            return errno == null ? "errno-" + call.errno() : errno.name();
        }
        long mask = call.result();
        return switch (call.name()) {
            case "poll", "epoll" ->
                    (mask & GONE) == 0 ? "events" : (mask & GONE) == GONE ? "hup" : "err";
            case "select" -> mask == BOTH_SETS ? "both" : "events";
            default -> "ok";
        };
    }
}
