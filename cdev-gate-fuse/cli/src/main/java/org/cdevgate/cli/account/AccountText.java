package org.cdevgate.cli.account;

import java.util.List;
import java.util.Locale;

/** An account for people, a page at most. */
public final class AccountText {
    private static final int MOST_KINDS = 30;
    private static final int MOST_REMOVALS = 10;

    private final StringBuilder text = new StringBuilder();

    private AccountText() {}

    public static String of(Account account) {
        AccountText text = new AccountText();
        text.write(account);
        return text.text.toString();
    }

    private void line(String form, Object... values) {
        text.append(String.format(Locale.ROOT, form, values)).append('\n');
    }

    private void write(Account account) {
        line(
                "cdev-gate: %s: %s after %.2f s",
                String.join(" ", account.program()), account.ended(), account.millis() / 1e3);
        account.devices().forEach(this::write);
        if (account.openFiles() > 0) {
            line("%s left open", plural(account.openFiles(), "file"));
        }
        if (!account.left().isEmpty()) {
            line("left running: %s", String.join(", ", account.left()));
        }
        for (String plan : account.unfired()) {
            line("the plan %s never came true", plan);
        }
    }

    private void write(Account.OfDevice device) {
        line(
                "%s: %s, %d refused by a removal",
                device.name(), plural(device.total(), "call"), device.refused());
        List<Account.Calls> calls = device.calls();
        for (Account.Calls each : calls.subList(0, Math.min(calls.size(), MOST_KINDS))) {
            line("  %6d  %s = %s", each.count(), each.call(), each.answer());
        }
        rest(calls.size() - MOST_KINDS, "kind");
        List<Account.Removal> removals = device.removals();
        removals.subList(0, Math.min(removals.size(), MOST_REMOVALS)).forEach(this::write);
        rest(removals.size() - MOST_REMOVALS, "removal");
    }

    private void rest(int more, String word) {
        if (more > 0) {
            line("  and %d more %s; --report FILE.json has all", more, plural(word, more));
        }
    }

    private void write(Account.Removal removal) {
        line(
                "  unplugged by %s after %d ms; in flight: %s; %s",
                removal.plan(),
                removal.atMillis(),
                removal.inFlight().isEmpty() ? "nothing" : String.join(", ", removal.inFlight()),
                removal.drainMicros() < 0
                        ? "the drain has not ended"
                        : String.format(
                                Locale.ROOT, "drained in %.1f ms", removal.drainMicros() / 1e3));
    }

    private static String plural(long count, String word) {
        return count + " " + plural(word, count);
    }

    private static String plural(String word, long count) {
        return count == 1 ? word : word + "s";
    }
}
