package org.cdevgate.cli.account;

import java.io.StringWriter;
import java.util.Locale;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** An account as a JUnit report with one test case, which fails where the command does. */
public final class AccountJunit {
    private AccountJunit() {}

    public static String of(Account account) {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
            write(account, xml);
            xml.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("a string takes all", e);
        }
        return text.append('\n').toString();
    }

    private static void write(Account account, XMLStreamWriter xml) throws XMLStreamException {
        boolean failed = account.commandExitCode() != 0;
        String time = String.format(Locale.ROOT, "%.3f", account.millis() / 1e3);
        xml.writeStartDocument("UTF-8", "1.0");
        xml.writeCharacters("\n");
        xml.writeStartElement("testsuite");
        xml.writeAttribute("name", "cdev-gate run");
        xml.writeAttribute("tests", "1");
        xml.writeAttribute("failures", failed ? "1" : "0");
        xml.writeAttribute("errors", "0");
        xml.writeAttribute("skipped", "0");
        xml.writeAttribute("time", time);
        xml.writeStartElement("testcase");
        xml.writeAttribute("classname", "cdev-gate.run");
        xml.writeAttribute("name", valid(String.join(" ", account.program())));
        xml.writeAttribute("time", time);
        if (failed) {
            xml.writeEmptyElement("failure");
            xml.writeAttribute("message", valid(reason(account)));
        }
        xml.writeStartElement("system-out");
        xml.writeCharacters(valid(AccountText.of(account)));
        xml.writeEndDocument();
    }

    private static String reason(Account account) {
        return account.unfired().isEmpty() || account.ending().isForced()
                ? account.ended()
                : "never came true: " + String.join(", ", account.unfired());
    }

    /** What XML cannot hold is replaced. */
    private static String valid(String text) {
        StringBuilder fit = new StringBuilder();
        text.codePoints()
                .map(
                        c -> {
                            boolean control = c < ' ' && c != '\n' && c != '\t';
                            boolean halfOfPair = c >= 0xd800 && c <= 0xdfff;
                            return control || halfOfPair || c == 0xfffe || c == 0xffff ? 0xfffd : c;
                        })
                .forEach(fit::appendCodePoint);
        return fit.toString();
    }
}
