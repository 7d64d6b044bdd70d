package org.cdevgate.cli.account;

import java.util.List;

/** An account as JSON; keys as the components of {@link Account} are named. */
public final class AccountJson {
    private AccountJson() {}

    public static String of(Account account) {
        return object(
                        member("program", strings(account.program())),
                        member("exitCode", String.valueOf(account.exitCode())),
                        member("hung", String.valueOf(account.hung())),
                        member("millis", String.valueOf(account.millis())),
                        member(
                                "devices",
                                array(
                                        account.devices().stream()
                                                .map(AccountJson::device)
                                                .toList())),
                        member("unfired", strings(account.unfired())))
                + "\n";
    }

    private static String device(Account.OfDevice device) {
        return object(
                member("name", string(device.name())),
                member("total", String.valueOf(device.total())),
                member("refused", String.valueOf(device.refused())),
                member(
                        "calls",
                        array(
                                device.calls().stream()
                                        .map(
                                                each ->
                                                        object(
                                                                member("call", string(each.call())),
                                                                member(
                                                                        "answer",
                                                                        string(each.answer())),
                                                                member(
                                                                        "count",
                                                                        String.valueOf(
                                                                                each.count()))))
                                        .toList())),
                member("last", strings(device.last())),
                member(
                        "removals",
                        array(device.removals().stream().map(AccountJson::removal).toList())));
    }

    private static String removal(Account.Removal removal) {
        return object(
                member("plan", string(removal.plan())),
                member("atMillis", String.valueOf(removal.atMillis())),
                member("inFlight", strings(removal.inFlight())),
                member("drainMicros", String.valueOf(removal.drainMicros())));
    }

    private static String member(String name, String value) {
        return string(name) + ":" + value;
    }

    private static String object(String... members) {
        return "{" + String.join(",", members) + "}";
    }

    private static String array(List<String> values) {
        return "[" + String.join(",", values) + "]";
    }

    private static String strings(List<String> values) {
        return array(values.stream().map(AccountJson::string).toList());
    }

    public static String string(String value) {
        StringBuilder json = new StringBuilder("\"");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ') {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        return json.append('"').toString();
    }
}
