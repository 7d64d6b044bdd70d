package org.cdevgate.cli.account;

import java.util.Locale;

/** An account as a JUnit report with one test case, which fails where the command does. */
public final class AccountJunit {
    private AccountJunit() {}

    public static String of(Account account) {
        String text = AccountText.of(account);
        boolean failed = account.commandExitCode() != 0;
        String time = String.format(Locale.ROOT, "%.3f", account.millis() / 1e3);
        String name = escaped(String.join(" ", account.program()));
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                + "<testsuite name=\"cdev-gate run\" tests=\"1\" errors=\"0\" skipped=\"0\""
                + " failures=\""
                + (failed ? 1 : 0)
                + "\" time=\""
                + time
                + "\">\n  <testcase classname=\"cdev-gate.run\" name=\""
                + name
                + "\" time=\""
                + time
                + "\">\n"
                + (failed ? "    <failure message=\"" + escaped(account.ending()) + "\"/>\n" : "")
                + "    <system-out>"
                + escaped(text)
                + "</system-out>\n  </testcase>\n</testsuite>\n";
    }

    /** As text or as an attribute; what XML cannot hold is replaced. */
    public static String escaped(String text) {
        StringBuilder xml = new StringBuilder();
        text.codePoints()
                .forEach(
                        c -> {
                            switch (c) {
                                case '&' -> xml.append("&amp;");
                                case '<' -> xml.append("&lt;");
                                case '>' -> xml.append("&gt;");
                                case '"' -> xml.append("&quot;");
                                default -> {
                                    boolean fits =
                                            c == '\n' || c == '\t' || (c >= ' ' && c != 0xfffe);
                                    xml.appendCodePoint(fits && c != 0xffff ? c : 0xfffd);
                                }
                            }
                        });
        return xml.toString();
    }
}
