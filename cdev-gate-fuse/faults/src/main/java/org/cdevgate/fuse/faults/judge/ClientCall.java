package org.cdevgate.fuse.faults.judge;

/**
 * A call as its client logged it.
 *
 * @param pid of the process
 * @param tid of the thread
 * @param number of the call on its thread
 * @param begin before the system call, CLOCK_MONOTONIC, ns
 * @param end after it; {@link Long#MAX_VALUE} if the client did not live to log it
 * @param name as in the table of outcomes
 * @param file the open file, the same for duplicates and in forked children; "-" if none
 * @param detail what else there is to know
 * @param result the system call's, or a mask of events
 * @param errno of a failed one
 * @param generation that its data showed; 0 if it showed none, -1 if it showed several
 */
record ClientCall(
        int pid,
        int tid,
        int number,
        long begin,
        long end,
        String name,
        String file,
        String detail,
        long result,
        int errno,
        long generation) {
    boolean hasEnded() {
        return end != Long.MAX_VALUE;
    }

    boolean hasFile() {
        return !file.equals("-");
    }

    boolean isTouch() {
        return name.endsWith("touch");
    }

    boolean overlaps(long from, long to) {
        return begin <= to && end >= from;
    }

    ClientCall ended(long time, long value, int error, long shown) {
        return new ClientCall(
                pid, tid, number, begin, time, name, file, detail, value, error, shown);
    }

    @Override
    public String toString() {
        return "%s(%s) of %s by %d/%d #%d at %d%s"
                .formatted(
                        name,
                        detail,
                        file,
                        pid,
                        tid,
                        number,
                        begin,
                        hasEnded()
                                ? " to %d: %d, %s, generation %d"
                                        .formatted(end, result, LoggedAnswer.of(this), generation)
                                : ", never ended");
    }
}
