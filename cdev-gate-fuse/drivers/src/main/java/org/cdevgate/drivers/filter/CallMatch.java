package org.cdevgate.drivers.filter;

import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.drivers.spec.InvalidSpecException;
import org.cdevgate.drivers.spec.Nearest;
import org.cdevgate.drivers.spec.Quantity;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.calls.Verb;
import org.jspecify.annotations.Nullable;

/**
 * Which calls are meant: of a verb or of any, of an ioctl command or of any, each of them or the
 * n-th. As text: {@code read}, {@code read#3}, {@code ioctl:0x40045431#2}, {@code any#7}.
 * Immutable.
 *
 * @param verb null for any
 * @param command of an ioctl; 0 for any
 * @param nth among those that match, from 1; 0 for each of them
 */
public record CallMatch(@Nullable Verb verb, int command, long nth) {
    private static final String ANY = "any";

    private static final Set<Verb> VERBS = EnumSet.range(Verb.OPEN, Verb.FSYNC);

    static {
        VERBS.remove(Verb.RELEASE); // nobody waits for its answer
    }

    private static String word(Verb verb) {
        return verb.name().toLowerCase(Locale.ROOT);
    }

    /** Checks that the parts fit. */
    public CallMatch {
        if (command != 0 && verb != Verb.IOCTL) {
            throw new IllegalArgumentException("a command is for ioctl, not for " + verb);
        }
        if (verb != null && !VERBS.contains(verb)) {
            throw new IllegalArgumentException(verb + " has no caller; give one of " + VERBS);
        }
        if (nth < 0) {
            throw new IllegalArgumentException("call number " + nth + "; give 1 or more");
        }
    }

    /** The n-th call of all. */
    public static CallMatch nth(long number) {
        return new CallMatch(null, 0, number);
    }

    /**
     * Reads {@code VERB[:COMMAND][#N]}.
     *
     * @throws InvalidSpecException if it is no such text
     */
    public static CallMatch parse(String text) {
        String rest = Objects.requireNonNull(text, "text");
        long nth = 0;
        int hash = rest.indexOf('#');
        if (hash >= 0) {
            nth = number(text, rest.substring(hash + 1), 1, Long.MAX_VALUE, "from 1 on: read#3");
            rest = rest.substring(0, hash);
        }
        int command = 0;
        int colon = rest.indexOf(':');
        if (colon >= 0) {
            command =
                    (int)
                            number(
                                    text,
                                    rest.substring(colon + 1),
                                    1,
                                    0xffff_ffffL,
                                    "of 32 bits: ioctl:0x40045431");
            rest = rest.substring(0, colon);
        }
        @Nullable Verb verb = rest.equals(ANY) ? null : verb(rest);
        if (command != 0 && verb != Verb.IOCTL) {
            throw new InvalidSpecException(
                    "on=" + text + ": only ioctl has a command; leave out :" + command);
        }
        return new CallMatch(verb, command, nth);
    }

    private static Verb verb(String word) {
        List<String> known = VERBS.stream().map(CallMatch::word).toList();
        if (!known.contains(word)) {
            throw new InvalidSpecException(
                    "on="
                            + word
                            + " is no call of a device"
                            + Nearest.hint(word, known)
                            + "; there are "
                            + String.join(", ", known)
                            + " and "
                            + ANY);
        }
        return Verb.valueOf(word.toUpperCase(Locale.ROOT));
    }

    private static long number(String text, String digits, long least, long most, String form) {
        OptionalLong number = Quantity.number(digits);
        if (number.isPresent() && number.getAsLong() >= least && number.getAsLong() <= most) {
            return number.getAsLong();
        }
        throw new InvalidSpecException("on=" + text + ": \"" + digits + "\" is no number " + form);
    }

    /** Whether a call is of this verb and command, whatever its number. */
    public boolean matches(FilteredCall call) {
        return (verb == null || verb == call.verb()) && (command == 0 || command == call.command());
    }

    /**
     * A filter that hands the calls that are meant to another one. It counts for itself, from now
     * on; a request that is run again after it slept keeps its number.
     */
    public CallFilter then(CallFilter filter) {
        Objects.requireNonNull(filter, "filter");
        return nth == 0
                ? call -> matches(call) ? filter.around(call) : call.proceed()
                : new Nth(filter);
    }

    /** Counts. Of the requests that sleep it has to know the one that is meant. */
    private final class Nth implements CallFilter {
        private static final long NOBODY = Long.MIN_VALUE;

        private final CallFilter filter;
        private final AtomicLong seen = new AtomicLong();

        /** Whose call the n-th is while it sleeps on a queue. */
        private final AtomicLong asleep = new AtomicLong(NOBODY);

        Nth(CallFilter filter) {
            this.filter = filter;
        }

        @Override
        public long around(FilteredCall call)
                throws ErrnoException, IOException, InterruptedException {
            if (!matches(call)) {
                return call.proceed();
            }
            long caller = caller(call.call());
            boolean slept = asleep.compareAndSet(caller, NOBODY); // no more, by a signal perhaps
            boolean meant = call.call().isFirstRun() ? seen.incrementAndGet() == nth : slept;
            if (!meant) {
                return call.proceed();
            }
            long result = filter.around(call);
            if (result == Call.WOULD_BLOCK) {
                asleep.set(caller);
            }
            return result;
        }

        /** A thread has one call at a time. Those in this JVM have no id of the kernel's here. */
        private long caller(Call call) {
            int tid = call.tid();
            return tid >= 0 ? tid : -Thread.currentThread().getId();
        }
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        return (verb == null ? ANY : word(verb))
                + (command == 0 ? "" : ":0x" + Integer.toHexString(command))
                + (nth == 0 ? "" : "#" + nth);
    }
}
