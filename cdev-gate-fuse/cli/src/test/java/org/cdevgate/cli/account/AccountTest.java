package org.cdevgate.cli.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.cdevgate.cli.exit.CommandFailure;
import org.cdevgate.cli.program.Ending;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

class AccountTest {
    private static final Account.Removal REMOVAL =
            new Account.Removal("on=read", 1500, List.of("read (asleep) = ENODEV"), 2_340);

    private static final Account.OfDevice DEVICE =
            new Account.OfDevice(
                    "ttyUSB0",
                    2,
                    1,
                    List.of(new Account.Calls("open", "0", 1)),
                    List.of("open = 0"),
                    List.of(REMOVAL));

    private static Account account(Ending ending, int exitCode, List<String> unfired) {
        return new Account(
                List.of("cat", "<\"&\u0007\ud800>"),
                ending,
                exitCode,
                1_612,
                List.of(DEVICE),
                2,
                List.of("sleep (17)"),
                unfired);
    }

    @Test
    void textTellsAll() {
        assertEquals(
                """
                cdev-gate: cat <"&\u0007\ud800>: exit 1 after 1.61 s
                ttyUSB0: 2 calls, 1 refused by a removal
                       1  open = 0
                  unplugged by on=read after 1500 ms; in flight: read (asleep) = ENODEV; drained in 2.3 ms
                2 files left open
                left running: sleep (17)
                the plan after=1h never came true
                """,
                AccountText.of(account(Ending.EXITED, 1, List.of("after=1h"))));
    }

    @Test
    void textIsAPageHoweverMuchHappened() {
        Account much =
                new Account(
                        List.of("x"),
                        Ending.EXITED,
                        0,
                        0,
                        List.of(
                                new Account.OfDevice(
                                        "d0",
                                        999,
                                        0,
                                        Collections.nCopies(999, new Account.Calls("a", "b", 1)),
                                        List.of(),
                                        Collections.nCopies(999, REMOVAL))),
                        0,
                        List.of(),
                        List.of());
        String text = AccountText.of(much);
        assertTrue(text.lines().count() < 60, text);
        assertTrue(text.contains("and 969 more kinds; "), text);
        assertTrue(text.contains("and 989 more removals; "), text);
    }

    @Test
    void jsonHasTheNamesOfTheComponents() {
        String json = AccountJson.of(account(Ending.HUNG, 143, List.of()));
        for (String each :
                List.of(
                        "\"ending\" : \"hung\"",
                        "\"exitCode\" : 143",
                        "\"commandExitCode\" : 124",
                        "\"inFlight\" : [ \"read (asleep) = ENODEV\" ]",
                        "\"drainMicros\" : 2340",
                        "\"openFiles\" : 2",
                        "\"left\" : [ \"sleep (17)\" ]",
                        "\"unfired\" : [ ]")) {
            assertTrue(json.contains(each), json);
        }
    }

    @Test
    void junitReadersTakeWhateverAProgramIsCalled() throws Exception {
        Element suite = parsed(AccountJunit.of(account(Ending.EXITED, 1, List.of())));
        assertEquals("1", suite.getAttribute("failures"));
        Element test = (Element) suite.getElementsByTagName("testcase").item(0);
        assertEquals("cat <\"&\ufffd\ufffd>", test.getAttribute("name"));
        assertEquals("1.612", test.getAttribute("time"));
        assertTrue(test.getTextContent().contains("in flight: read (asleep) = ENODEV"));
        Element good = parsed(AccountJunit.of(account(Ending.EXITED, 0, List.of())));
        assertEquals("0", good.getAttribute("failures"));
    }

    private static Element parsed(String xml) throws Exception {
        Document document =
                DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(new InputSource(new StringReader(xml)));
        return document.getDocumentElement();
    }

    @ParameterizedTest
    @CsvSource({
        "EXITED, 3, '', 3, exit 3",
        "SIGNALLED, 137, '', 137, 'exit 137, as of signal 9'",
        "EXITED, 3, after=1h, 125, exit 3",
        "HUNG, 143, after=1h, 124, hung and was ended",
        "SPUN, 143, '', 124, called in vain again and again and was ended",
    })
    void endingDecidesTheExitCode(
            Ending ending, int exitCode, String unfired, int expected, String words) {
        Account account =
                account(ending, exitCode, unfired.isEmpty() ? List.of() : List.of(unfired));
        assertEquals(expected, account.commandExitCode());
        assertEquals(words, account.ended());
    }

    @Test
    void nameOfTheFileChoosesTheForm(@TempDir Path folder) throws Exception {
        Account account = account(Ending.EXITED, 0, List.of());
        for (String[] each :
                new String[][] {{"a.json", "{"}, {"a.xml", "<?xml"}, {"a.txt", "cdev-gate: "}}) {
            Path file = folder.resolve(each[0]);
            AccountFile.of(file).write(account);
            assertTrue(Files.readString(file).startsWith(each[1]), each[0]);
        }
        assertThrows(CommandFailure.class, () -> AccountFile.of(folder));
        assertThrows(CommandFailure.class, () -> AccountFile.of(folder.resolve("no/a.json")));
    }
}
