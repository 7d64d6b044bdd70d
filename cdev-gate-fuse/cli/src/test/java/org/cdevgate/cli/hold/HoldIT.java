package org.cdevgate.cli.hold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.cdevgate.cli.hold.HoldProcess.Result;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A holder and a client that speaks the line protocol with it. */
class HoldIT {
    @TempDir static Path runtime;
    private static HoldProcess holder;

    @BeforeAll
    static void start() throws Exception {
        holder =
                new HoldProcess(
                        runtime,
                        "--device",
                        "e0=echo",
                        "--device",
                        "in/e1=echo",
                        "--device",
                        "z0=zero");
    }

    @AfterAll
    static void end() throws Exception {
        holder.close();
    }

    private static Process cat(String device) throws Exception {
        Process cat =
                new ProcessBuilder("cat", holder.path(device)).redirectErrorStream(true).start();
        holder.ask(
                "\"do\":\"await\",\"device\":\""
                        + device
                        + "\",\"for\":\"asleep\",\"call\":\"read\"");
        return cat;
    }

    private static String end(Process cat) throws Exception {
        assertTrue(cat.waitFor(HoldProcess.LIMIT_SECONDS, TimeUnit.SECONDS), "cat hangs");
        return new String(cat.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static String device(String name, String verb) {
        return "\"do\":\"" + verb + "\",\"device\":\"" + name + "\"";
    }

    @Test
    void theFirstLineNamesProtocolFolderAndDevices() {
        assertEquals("ready", holder.ready().get("event"));
        assertEquals(1, holder.ready().get("protocol"));
        assertEquals((int) holder.process().pid(), holder.ready().get("pid"));
        assertEquals(holder.ready().get("folder") + "/in/e1", holder.path("in/e1"));
    }

    @Test
    void whoSleepsIsSeenAndWokenByAnUnplugAndFindsTheDeviceAgain() throws Exception {
        Process cat = cat("e0");
        Map<String, Object> report = holder.ask(device("e0", "report"));
        assertEquals("plugged", report.get("state"));
        assertTrue(report.get("text").toString().contains("pid " + cat.pid()), report.toString());

        Map<String, Object> unplugged = holder.ask(device("e0", "unplug"));
        assertEquals(List.of("read (asleep) = ENODEV"), unplugged.get("inFlight"));
        assertTrue(((Number) unplugged.get("drainMicros")).longValue() > 0);
        assertTrue(end(cat).endsWith("No such device\n"));
        assertEquals(true, holder.ask(device("e0", "unplug")).get("already"));

        String lane = "pid " + cat.pid() + " (cat)";
        String picture =
                holder.ask(device("e0", "timeline") + ",\"form\":\"svg\"").get("text").toString();
        assertTrue(picture.startsWith("<svg "), picture);
        assertTrue(picture.contains(lane) && picture.contains("read = ENODEV"), picture);
        String trace =
                holder.ask(device("e0", "timeline") + ",\"form\":\"json\"").get("text").toString();
        assertTrue(trace.contains(lane) && trace.contains("\"answer\":\"ENODEV\""), trace);

        assertEquals(holder.path("e0"), holder.ask(device("e0", "plug")).get("path"));
        end(new ProcessBuilder("sh", "-c", "echo hi > " + holder.path("e0")).start());
        assertEquals("plugged", holder.ask(device("e0", "report")).get("state"));
        assertEquals("plugged", holder.refused(device("e0", "plug")).get("code"));
    }

    @Test
    void aFaultComesToTheCallsThatAreMeantUntilItIsCleared() throws Exception {
        holder.ask(device("z0", "fault") + ",\"fault\":\"errno=EIO,on=read\"");
        Process dd = new ProcessBuilder("head", "-c1", holder.path("z0")).start();
        assertTrue(dd.waitFor(HoldProcess.LIMIT_SECONDS, TimeUnit.SECONDS));
        assertEquals(1, dd.exitValue());
        assertEquals(1, holder.ask(device("z0", "clear")).get("cleared"));
        Process good = new ProcessBuilder("head", "-c1", holder.path("z0")).start();
        assertTrue(good.waitFor(HoldProcess.LIMIT_SECONDS, TimeUnit.SECONDS));
        assertEquals(0, good.exitValue());
        assertTrue(
                holder.ask(device("z0", "calls"))
                        .get("counts")
                        .toString()
                        .contains("{call=read, answer=EIO, count=1}"));
    }

    @Test
    void aPlanUnplugsAtTheCallAndBringsTheDeviceBack() throws Exception {
        holder.ask(device("in/e1", "plan") + ",\"plan\":\"on=read,then=replug:1ms\"");
        holder.ask("\"do\":\"watch\",\"events\":[\"flagged\",\"drained\",\"plugged\",\"call\"]");
        Process cat =
                new ProcessBuilder("cat", holder.path("in/e1")).redirectErrorStream(true).start();
        assertTrue(end(cat).endsWith("No such device\n"));
        StringBuilder seen = new StringBuilder();
        for (Map<String, Object> event = holder.event();
                !"plugged".equals(event.get("event"));
                event = holder.event()) {
            assertEquals("in/e1", event.get("device"), event.toString());
            seen.append(event.get("event")).append(event.getOrDefault("call", "")).append(' ');
        }
        assertEquals("callopen flagged drained ", seen.toString());
        holder.ask("\"do\":\"watch\",\"events\":[]");
        assertEquals("plugged", holder.ask(device("in/e1", "report")).get("state"));
        holder.ask(device("in/e1", "clear"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "no json at all | bad-json | give one JSON object a line",
                "[1] | bad-json | no object",
                "{\"id\":1,\"do\":\"devices\"} x | bad-json | give one JSON object",
                "{\"id\":1,\"id\":2,\"do\":\"devices\"} | bad-json | Duplicate",
                "{\"do\":\"devices\"} | bad-request | id \"null\" is no string",
                "{\"id\":7,\"do\":\"unplugg\"} | unknown-request | did you mean unplug?",
                "{\"id\":7,\"do\":\"report\"} | which-device | give one of e0, in/e1, z0",
                "{\"id\":7,\"do\":\"report\",\"device\":\"e9\"} | unknown-device | did you mean e0?",
                "{\"id\":7,\"do\":\"report\",\"devise\":\"e0\"} | bad-request | did you mean device?",
                "{\"id\":7,\"do\":\"report\",\"device\":3} | bad-request | device \"3\" is no string",
                "{\"id\":7,\"do\":\"unplug\",\"device\":\"e0\",\"timeout\":\"2\"} | bad-request"
                        + " | timeout=2 is no time",
                "{\"id\":7,\"do\":\"await\",\"device\":\"e0\"} | bad-request | for is missing",
                "{\"id\":7,\"do\":\"await\",\"device\":\"e0\",\"for\":\"rain\"} | bad-request"
                        + " | give one of asleep, calls, open, closed",
                "{\"id\":7,\"do\":\"await\",\"device\":\"e0\",\"for\":\"calls\",\"count\":0}"
                        + " | bad-request | count \"0\" is no whole number",
                "{\"id\":7,\"do\":\"await\",\"device\":\"e0\",\"for\":\"open\",\"count\":99,"
                        + "\"timeout\":\"1ms\"} | timeout | files open of e0 and not 99",
                "{\"id\":7,\"do\":\"fault\",\"device\":\"e0\",\"fault\":\"errno=EOI\"} | bad-request"
                        + " | give a name such as EIO",
                "{\"id\":7,\"do\":\"plan\",\"device\":\"e0\",\"plan\":\"after=2s\"} | bad-request"
                        + " | is about a time",
                "{\"id\":7,\"do\":\"timeline\",\"device\":\"z0\",\"form\":\"svg\"} | no-removal"
                        + " | z0 was never unplugged",
                "{\"id\":7,\"do\":\"watch\",\"events\":[\"rain\"]} | bad-request | \"rain\"",
                "{\"id\":7,\"do\":\"watch\"} | bad-request | is no list",
            })
    void aBadRequestGetsAnErrorWithTheValueAndTheRemedy(String line, String code, String part)
            throws Exception {
        holder.send(line);
        Map<String, Object> error = HoldProcess.error(holder.next());
        assertEquals(code, error.get("code"), error.toString());
        assertTrue(error.get("message").toString().contains(part), error.toString());
        assertFalse(error.get("message").toString().contains("\n"));
        holder.ask("\"do\":\"devices\"");
    }

    @Test
    void aLineWithoutEndCostsOneAnswer() throws Exception {
        holder.send("x".repeat(3_000_000));
        Map<String, Object> error = HoldProcess.error(holder.next());
        assertEquals("too-long", error.get("code"));
        assertTrue(error.get("message").toString().length() < 300, "the line is told in full");
        holder.ask("\"do\":\"devices\"");
    }

    @Test
    void noMoreThanSixteenFaultsStand() throws Exception {
        for (int i = 0; i < Interventions.MOST; i++) {
            holder.ask(device("z0", "fault") + ",\"fault\":\"errno=EIO,on=fsync\"");
        }
        Map<String, Object> error =
                holder.refused(device("z0", "fault") + ",\"fault\":\"errno=EIO,on=fsync\"");
        assertEquals("too-many", error.get("code"));
        assertEquals(Interventions.MOST, holder.ask(device("z0", "clear")).get("cleared"));
    }

    @Test
    void moreRequestsThanMayWaitAreRefusedAndNoOtherIsLost() throws Exception {
        String never = device("z0", "await") + ",\"for\":\"open\",\"count\":9,\"timeout\":\"2s\"";
        for (int i = 0; i < Session.MOST_WAITING; i++) {
            holder.begin(never);
        }
        assertEquals("busy", HoldProcess.error(holder.answer(holder.begin(never))).get("code"));
        for (int i = 0; i < Session.MOST_WAITING; i++) {
            assertEquals("timeout", HoldProcess.error(holder.event()).get("code"));
        }
        holder.ask("\"do\":\"devices\"");
    }

    @Test
    void commandsOfAnotherShellDoTheSame() throws Exception {
        Result list = HoldProcess.run(runtime, "ls");
        assertEquals(0, list.exit(), list.toString());
        assertTrue(list.output().contains("in/e1"), list.output());
        assertTrue(list.output().contains("holder " + holder.process().pid()), list.output());

        Process cat = cat("e0");
        Result unplugged = HoldProcess.run(runtime, "unplug", "e0", "--timeout", "30s");
        assertEquals(0, unplugged.exit(), unplugged.toString());
        assertTrue(unplugged.output().contains("read (asleep) = ENODEV"), unplugged.output());
        assertTrue(end(cat).endsWith("No such device\n"));

        Path picture = runtime.resolve("e0.svg");
        assertEquals(0, HoldProcess.run(runtime, "timeline", "e0", "-o", "" + picture).exit());
        assertTrue(Files.readString(picture).contains("pid " + cat.pid()));
        assertEquals(0, HoldProcess.run(runtime, "plug", "e0").exit());
        Result report = HoldProcess.run(runtime, "report", "e0");
        assertTrue(report.output().startsWith("e0 is plugged\n"), report.output());
        Result wrong = HoldProcess.run(runtime, "report", "e7");
        assertEquals(125, wrong.exit());
        assertTrue(wrong.errors().contains("did you mean e0?"), wrong.errors());
    }
}
