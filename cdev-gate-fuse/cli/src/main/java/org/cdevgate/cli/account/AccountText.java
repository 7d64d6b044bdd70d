package org.cdevgate.cli.account;

import java.util.Locale;

/** An account for people, a page at most. */
public final class AccountText {
    private AccountText() {}

    public static String of(Account account) {
        StringBuilder text = new StringBuilder();
        text.append(
                String.format(
                        Locale.ROOT,
                        "cdev-gate: %s: %s after %.2f s%n",
                        String.join(" ", account.program()),
                        account.ending(),
                        account.millis() / 1e3));
        for (Account.OfDevice device : account.devices()) {
            text.append(
                    String.format(
                            "%s: %s, %d refused after a removal%n",
                            device.name(), plural(device.total(), "call"), device.refused()));
            for (Account.Calls calls : device.calls()) {
                text.append(
                        String.format(
                                "  %6d  %s = %s%n", calls.count(), calls.call(), calls.answer()));
            }
            for (Account.Removal removal : device.removals()) {
                text.append(
                        String.format(
                                "  unplugged by %s after %d ms; in flight: %s; %s%n",
                                removal.plan(),
                                removal.atMillis(),
                                removal.inFlight().isEmpty()
                                        ? "nothing"
                                        : String.join(", ", removal.inFlight()),
                                removal.drainMicros() < 0
                                        ? "the drain has not ended"
                                        : "drained in "
                                                + String.format(
                                                        Locale.ROOT,
                                                        "%.1f ms",
                                                        removal.drainMicros() / 1e3)));
            }
        }
        for (String plan : account.unfired()) {
            text.append(String.format("the plan %s never came true%n", plan));
        }
        return text.toString();
    }

    private static String plural(long count, String word) {
        return count + " " + word + (count == 1 ? "" : "s");
    }
}
