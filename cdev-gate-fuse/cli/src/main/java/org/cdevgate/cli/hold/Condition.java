package org.cdevgate.cli.hold;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.cdevgate.cli.protocol.Refusal;
import org.cdevgate.cli.protocol.Request;
import org.jspecify.annotations.Nullable;

/** Something that a client waits for: so many calls asleep, so many made, files open or none. */
final class Condition {
    /** What can be waited for. */
    static final List<String> KNOWN = List.of("asleep", "calls", "open", "closed");

    private static final long LOOK_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

    private final String what;
    private final LongSupplier found;
    private final long wanted;
    private final boolean exactly;

    private Condition(String what, LongSupplier found, long wanted, boolean exactly) {
        this.what = what;
        this.found = found;
        this.wanted = wanted;
        this.exactly = exactly;
    }

    static Condition of(Holder holder, HeldDevice device, Request request) throws Refusal {
        String word = request.required("for", "asleep");
        long count = request.count("count");
        String call = request.text("call");
        String of = call == null ? "call" : call;
        return switch (word) {
            case "asleep" ->
                    new Condition(
                            of + "s asleep in " + device.name(),
                            () -> asleep(device, call),
                            count,
                            false);
            case "calls" ->
                    new Condition(
                            of + "s made of " + device.name(),
                            () -> made(device, call),
                            count,
                            false);
            case "open" ->
                    new Condition(
                            "files open of " + device.name(),
                            () -> device.gate().openFiles().size(),
                            count,
                            false);
            case "closed" -> new Condition("files open", holder::openFiles, 0, true);
            default ->
                    throw new Refusal(
                            Refusal.Code.BAD_REQUEST,
                            "for "
                                    + Refusal.quoted(word)
                                    + " is not known; give one of "
                                    + String.join(", ", KNOWN));
        };
    }

    private static long asleep(HeldDevice device, @Nullable String call) {
        return device.gate().callsInFlight().stream()
                .filter(InFlight::isAsleep)
                .filter(each -> call == null || each.verb().toString().equals(call))
                .count();
    }

    /**
     * Those that have an answer, if they are to be of one kind; an ioctl's command may be given.
     */
    private static long made(HeldDevice device, @Nullable String call) {
        if (call == null) {
            return device.device().log().calls();
        }
        return device.device().log().counts().entrySet().stream()
                .filter(
                        each ->
                                each.getKey().call().equals(call)
                                        || each.getKey().call().startsWith(call + " "))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** Nobody tells of a sleep, so it is looked for. */
    void await(Duration timeout) throws Refusal, InterruptedException {
        long begun = System.nanoTime();
        while (!holds()) {
            if (System.nanoTime() - begun > timeout.toNanos()) {
                throw new Refusal(
                        Refusal.Code.TIMEOUT,
                        String.format(
                                Locale.ROOT,
                                "there are %d %s and not %d after %d ms; give a longer timeout, or"
                                        + " look at report and calls",
                                found.getAsLong(),
                                what,
                                wanted,
                                timeout.toMillis()));
            }
            TimeUnit.NANOSECONDS.sleep(LOOK_NANOS);
        }
    }

    private boolean holds() {
        long now = found.getAsLong();
        return exactly ? now == wanted : now >= wanted;
    }
}
