package org.cdevgate.drivers.filter;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.cdevgate.drivers.filter.UnplugAtCall.Moment;
import org.cdevgate.drivers.spec.InvalidSpecException;
import org.cdevgate.drivers.spec.Quantity;
import org.cdevgate.drivers.spec.Settings;

/**
 * When a device is unplugged, and whether it comes back. As text one of
 *
 * <ul>
 *   <li>{@code after=2s}: so long after it was plugged in;
 *   <li>{@code every=2s}: the same again after each replug, {@code times=100} times;
 *   <li>{@code at-call=7}: at the seventh call;
 *   <li>{@code on=read#3}: at a call as {@link CallMatch} writes it;
 *   <li>{@code random,seed=42}: at one of the first hundred calls, at any moment of it;
 * </ul>
 *
 * with {@code when=before}, {@code inside} (if nothing is said) or {@code after} for a call, and
 * {@code then=replug:1s}. Immutable.
 *
 * @param time null if a call decides
 * @param match null if the time decides
 * @param moment null if the time decides
 * @param replug how long the device is away; null for ever
 * @param times how often, 1 or more
 */
public record UnplugPlan(
        Duration time, CallMatch match, Moment moment, Duration replug, int times) {
    private static final Set<String> TRIGGERS = Set.of("after", "every", "at-call", "on", "random");
    private static final Set<String> KEYS =
            Set.of("after", "every", "at-call", "on", "random", "seed", "when", "then", "times");
    private static final Duration SHORTLY = Duration.ofMillis(100);
    private static final int RANDOM_CALLS = 100;

    private static final List<Moment> MOMENTS = List.of(Moment.values());

    /**
     * Reads a plan.
     *
     * @throws InvalidSpecException if it cannot be meant
     */
    public static UnplugPlan parse(String text) {
        String of = "plan \"" + text + "\"";
        Settings plan = Settings.parse(of, text).allowing(KEYS);
        List<String> triggers = plan.keys().stream().filter(TRIGGERS::contains).toList();
        if (triggers.size() != 1) {
            throw new InvalidSpecException(
                    of
                            + (triggers.isEmpty()
                                    ? " does not say when"
                                    : " has " + String.join(" and ", triggers))
                            + "; give one of after=2s, every=2s, at-call=7, on=read#3, random");
        }
        String trigger = triggers.get(0);
        boolean timed = trigger.equals("after") || trigger.equals("every");
        refuse(plan, of, "when", timed, "a time has no before or after; leave it out");
        refuse(plan, of, "seed", !trigger.equals("random"), "only random has one; leave it out");
        refuse(plan, of, "times", !trigger.equals("every"), "only every=… has it; leave it out");
        Duration replug = replug(plan, of);
        int times = 1;
        if (trigger.equals("every")) {
            times = (int) plan.number("times", 1, Integer.MAX_VALUE, Integer.MAX_VALUE);
            replug = replug == null ? SHORTLY : replug;
        }
        if (timed) {
            return new UnplugPlan(plan.duration(trigger, null), null, null, replug, times);
        }
        Moment moment =
                switch (plan.word("when", List.of("before", "inside", "after"), "inside")) {
                    case "before" -> Moment.BEFORE;
                    case "after" -> Moment.AFTER;
                    default -> Moment.INSIDE;
                };
        CallMatch match;
        switch (trigger) {
            case "at-call" -> match = CallMatch.nth(plan.number(trigger, 1, Long.MAX_VALUE, 1));
            case "on" -> {
                CallMatch given = CallMatch.parse(plan.text(trigger, null));
                match = given.nth() == 0 ? new CallMatch(given.verb(), given.command(), 1) : given;
            }
            default -> {
                if (!plan.has("seed")) {
                    throw new InvalidSpecException(
                            of + " cannot be repeated; give a seed: random,seed=42");
                }
                Random random = new Random(plan.number("seed", Long.MIN_VALUE, Long.MAX_VALUE, 0));
                match = CallMatch.nth(1 + random.nextInt(RANDOM_CALLS));
                if (!plan.has("when")) {
                    moment = MOMENTS.get(random.nextInt(MOMENTS.size()));
                }
            }
        }
        return new UnplugPlan(null, match, moment, replug, times);
    }

    private static void refuse(Settings plan, String of, String key, boolean unfit, String remedy) {
        if (unfit && plan.has(key)) {
            throw new InvalidSpecException(of + ": " + key + ": " + remedy);
        }
    }

    private static Duration replug(Settings plan, String of) {
        if (!plan.has("then")) {
            return null;
        }
        String then = plan.text("then", null);
        if (!then.startsWith("replug:")) {
            throw new InvalidSpecException(
                    of + ": then=" + then + " is not known; give then=replug:1s");
        }
        return Quantity.duration(of + ": then", then.substring("replug:".length()));
    }
}
