package org.cdevgate.drivers.filter;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.cdevgate.abi.Errno;
import org.cdevgate.drivers.spec.InvalidSpecException;
import org.cdevgate.drivers.spec.Nearest;
import org.cdevgate.drivers.spec.Settings;
import org.cdevgate.gate.calls.Verb;
import org.jspecify.annotations.Nullable;

/**
 * A fault and the calls that it comes to. As text {@code short=1}, {@code errno=EIO}, {@code
 * delay=50ms} or {@code stall}, with {@code on=read#3} as {@link CallMatch} writes it; without that
 * a short transfer comes to each read and write, and the others to each call.
 *
 * @param match the calls
 * @param fault what they meet
 */
public record FaultPlan(CallMatch match, CallFilter fault) {
    private static final List<String> FAULTS = List.of("short", "errno", "delay", "stall");
    private static final CallMatch EACH = new CallMatch(null, 0, 0);

    /**
     * Reads a plan.
     *
     * @throws InvalidSpecException if it cannot be meant
     */
    public static FaultPlan parse(String text) {
        String of = "fault \"" + text + "\"";
        Settings plan =
                Settings.parse(of, text).allowing(Set.of("short", "errno", "delay", "stall", "on"));
        String name =
                plan.oneOf(
                        FAULTS,
                        "does not say what happens",
                        "short=1, errno=EIO, delay=50ms, stall");
        CallFilter fault =
                switch (name) {
                    case "short" ->
                            Faults.shortTransfer((int) plan.number("short", 1, Integer.MAX_VALUE));
                    case "errno" -> Faults.errno(errno(of, plan.text("errno")));
                    case "delay" -> Faults.delay(plan.duration("delay"));
                    default -> {
                        plan.flag("stall");
                        yield Faults.stall();
                    }
                };
        CallMatch match = plan.has("on") ? CallMatch.parse(plan.text("on")) : EACH;
        refuseUnfit(of, name, match.verb());
        return new FaultPlan(match, fault);
    }

    private static void refuseUnfit(String of, String fault, @Nullable Verb verb) {
        if (verb == null) {
            return; // any: those that it can come to
        }
        switch (fault) {
            case "short" -> {
                if (!verb.movesData()) {
                    throw new InvalidSpecException(
                            of + ": only read and write transfer bytes; give on=read or on=write");
                }
            }
            case "delay", "stall" -> {
                if (verb == Verb.POLL) {
                    throw new InvalidSpecException(
                            of + ": poll never sleeps; give another call, on=read");
                }
            }
            default -> {} // an error may come to each
        }
    }

    private static Errno errno(String of, String name) {
        List<String> known = Arrays.stream(Errno.values()).map(Enum::name).toList();
        if (name.equals(Errno.ENOSYS.name()) || !known.contains(name)) {
            throw new InvalidSpecException(
                    of
                            + ": errno="
                            + name
                            + (known.contains(name)
                                    ? " would end the connection for all; give another"
                                    : " is no error of errno(3)"
                                            + Nearest.hint(name, known)
                                            + "; give a name such as EIO"));
        }
        return Errno.valueOf(name);
    }

    /** The filter to put before a driver. */
    public CallFilter filter() {
        return match.then(Objects.requireNonNull(fault));
    }
}
