package org.cdevgate.gate;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.removal.RemovalProfile;

/** What a Linux 6.1 kernel was seen to answer when a device went away, by profile. */
final class MeasuredRemovals {
    /** What the poll of a blocked caller asked for; the others are not shown to it. */
    private static final int ASKED =
            PollEvents.POLLIN | PollEvents.POLLPRI | PollEvents.POLLERR | PollEvents.POLLHUP;

    private static final int READABLE = PollEvents.POLLIN | PollEvents.POLLRDNORM;

    private MeasuredRemovals() {}

    /**
     * One answer.
     *
     * @param call a verb, or "READ unread" and "POLL unread" while data was there
     * @param answer an errno, a result, events without their POLL, or "not woken" and "blocks"
     * @param difference number of the profile's listed difference that tells why it answers
     *     something else; 0 if it answers the same
     * @param devices empty if there is one kind only
     */
    record Row(
            String profile,
            boolean blocked,
            String call,
            String answer,
            int difference,
            String devices) {

        Verb verb() {
            return Verb.valueOf(call.split(" ", 2)[0]);
        }

        boolean isUnread() {
            return call.endsWith(" unread");
        }

        /** What the profile answers there, in the same words. */
        String here() {
            RemovalProfile mine = byName(profile);
            int own = blocked ? mine.blocked(verb()) : mine.later(verb());
            if (isUnread() && mine.isUnreadDelivered()) {
                own = verb() == Verb.POLL ? own | READABLE : 2; // the bytes of the measured report
            }
            return text(verb(), verb() == Verb.POLL && blocked ? own & ASKED : own);
        }

        @Override
        public String toString() {
            return profile + (blocked ? " blocked " : " later ") + call + " " + answer;
        }
    }

    static RemovalProfile byName(String name) {
        return RemovalProfile.all().stream()
                .filter(profile -> profile.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no profile " + name));
    }

    /** An answer in the words of the table. */
    static String text(Verb verb, int answer) {
        if (verb == Verb.POLL) {
            return PollEvents.toString(answer).replace("POLL", "");
        }
        return answer < 0 ? Errno.describe(-answer) : Integer.toString(answer);
    }

    static List<Row> rows() {
        try (InputStream in = MeasuredRemovals.class.getResourceAsStream("measured-removals.csv")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(MeasuredRemovals::parse)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Row parse(String line) {
        String[] columns = line.split(",", -1);
        return new Row(
                columns[0],
                columns[1].equals("blocked"),
                columns[2],
                columns[3],
                Integer.parseInt(columns[4]),
                columns[5]);
    }
}
