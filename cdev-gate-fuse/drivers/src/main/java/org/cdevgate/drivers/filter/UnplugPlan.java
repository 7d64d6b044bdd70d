package org.cdevgate.drivers.filter;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.cdevgate.drivers.filter.UnplugAtCall.Moment;
import org.cdevgate.drivers.spec.InvalidSpecException;
import org.cdevgate.drivers.spec.Quantity;
import org.cdevgate.drivers.spec.Settings;
import org.jspecify.annotations.Nullable;

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
        @Nullable Duration time,
        @Nullable CallMatch match,
        @Nullable Moment moment,
        @Nullable Duration replug,
        int times) {
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
        String trigger =
                plan.oneOf(
                        TRIGGERS,
                        "does not say when",
                        "after=2s, every=2s, at-call=7, on=read#3, random");
        boolean timed = trigger.equals("after") || trigger.equals("every");
        refuse(plan, of, "when", timed, "a time has no before or after; leave it out");
        refuse(plan, of, "seed", !trigger.equals("random"), "only random has one; leave it out");
        refuse(plan, of, "times", !trigger.equals("every"), "only every=… has it; leave it out");
        @Nullable Duration replug = replug(plan, of);
        if (trigger.equals("every")) {
            int times =
                    plan.has("times")
                            ? (int) plan.number("times", 1, Integer.MAX_VALUE)
                            : Integer.MAX_VALUE;
            return new UnplugPlan(
                    plan.period("every"), null, null, replug == null ? SHORTLY : replug, times);
        }
        if (trigger.equals("after")) {
            return new UnplugPlan(plan.duration("after"), null, null, replug, 1);
        }
        Moment moment =
                switch (plan.orElse("when", "inside")
                        .word("when", List.of("before", "inside", "after"))) {
                    case "before" -> Moment.BEFORE;
                    case "after" -> Moment.AFTER;
                    default -> Moment.INSIDE;
                };
        CallMatch match;
        switch (trigger) {
            case "at-call" -> match = CallMatch.nth(plan.number(trigger, 1, Long.MAX_VALUE));
            case "on" -> {
                CallMatch given = CallMatch.parse(plan.text(trigger));
                match = given.nth() == 0 ? new CallMatch(given.verb(), given.command(), 1) : given;
            }
            default -> {
                plan.flag("random");
                if (!plan.has("seed")) {
                    throw new InvalidSpecException(
                            of + " cannot be repeated; give a seed: random,seed=42");
                }
                Random random = new Random(plan.number("seed", Long.MIN_VALUE, Long.MAX_VALUE));
                match = CallMatch.nth(1 + random.nextInt(RANDOM_CALLS));
                if (!plan.has("when")) {
                    moment = MOMENTS.get(random.nextInt(MOMENTS.size()));
                }
            }
        }
        return new UnplugPlan(null, match, moment, replug, 1);
    }

    private static void refuse(Settings plan, String of, String key, boolean unfit, String remedy) {
        if (unfit && plan.has(key)) {
            throw new InvalidSpecException(of + ": " + key + ": " + remedy);
        }
    }

    private static @Nullable Duration replug(Settings plan, String of) {
        if (!plan.has("then")) {
            return null;
        }
        String then = plan.text("then");
        if (!then.startsWith("replug:")) {
            throw new InvalidSpecException(
                    of + ": then=" + then + " is not known; give then=replug:1s");
        }
        return Quantity.duration(of + ": then", then.substring("replug:".length()));
    }
}
