package org.cdevgate.examples.programs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Collectors;
import org.cdevgate.drivers.MemoryDisk;
import org.cdevgate.fuse.DeviceNode;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.Verb;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * dd, cmp and cp on {@link MemoryDisk}. A disk that is pulled out of a real kernel ends its readers
 * with an end of file, and its writers with ENOSPC: half a copy that nobody complains about.
 */
class DiskIT extends RealProgramBase {
    private static final String NAME = "disk0";
    private static final int BYTES = 1_000_000; // no multiple of a page

    private final MemoryDisk disk = new MemoryDisk(BYTES);
    private final byte[] content = new byte[BYTES];

    @TempDir Path folder;
    private Path image;
    private FopsGate gate;

    @BeforeAll
    static void install() throws Exception {
        RealProgram.require("dd", "coreutils");
        RealProgram.require("cmp", "diffutils");
    }

    @BeforeEach
    void plugWithAnImageBeside() throws IOException {
        new Random(1).nextBytes(content);
        image = Files.write(folder.resolve("image"), content);
        plug();
    }

    private void plug() throws IOException {
        gate = disk.gate(NAME);
        mount.register(gate, DeviceNode.named(NAME));
    }

    private RealProgram dd(String... operands) throws IOException {
        String[] command = new String[operands.length + 1];
        command[0] = "dd";
        System.arraycopy(operands, 0, command, 1, operands.length);
        return start(command);
    }

    /** What dd says of what it copied, without its speed. */
    private static String counts(RealProgram.Ended dd) {
        return dd.errors()
                .lines()
                .filter(line -> line.contains(" records "))
                .collect(Collectors.joining(", "));
    }

    private void write() throws Exception {
        RealProgram.Ended written =
                dd("if=" + image, "of=" + path(NAME), "bs=64k", "conv=notrunc,fsync").await();
        written.expect(0);
        assertEquals("15+1 records in, 15+1 records out", counts(written));
    }

    @Test
    void whatDdWritesIsThereByteForByte() throws Exception {
        write();
        assertEquals(1, disk.flushes(), "fsync did not reach the disk");
        RealProgram.run("cmp", image.toString(), path(NAME)).expect(0);
        Path copy = folder.resolve("copy");
        RealProgram.run("cp", path(NAME), copy.toString()).expect(0);
        assertArrayEquals(content, Files.readAllBytes(copy));
        Path part = folder.resolve("part");
        dd("if=" + path(NAME), "of=" + part, "bs=1000", "skip=500", "count=3").await().expect(0);
        assertArrayEquals(Arrays.copyOfRange(content, 500_000, 503_000), Files.readAllBytes(part));
        RealProgram.Ended tail =
                RealProgram.runScript("tail -c 10 \"$1\" | od -An -tx1", path(NAME));
        RealProgram.Ended expected =
                RealProgram.runScript("tail -c 10 \"$1\" | od -An -tx1", image.toString());
        assertEquals(expected.expect(0), tail.expect(0), "what tail found by SEEK_END");
        RealProgram.Ended stat = RealProgram.run("stat", "-c", "%s", path(NAME));
        assertEquals(BYTES + "\n", stat.expect(0));
    }

    @Test
    void aPartIsChangedInItsPlaceOnly() throws Exception {
        write();
        Path patch = Files.write(folder.resolve("patch"), new byte[100]);
        dd("if=" + patch, "of=" + path(NAME), "bs=1", "seek=777777", "conv=notrunc")
                .await()
                .expect(0);
        Arrays.fill(content, 777_777, 777_877, (byte) 0);
        Files.write(image, content);
        RealProgram.run("cmp", image.toString(), path(NAME)).expect(0);
        content[999_999]++;
        Files.write(image, content);
        RealProgram.Ended different = RealProgram.run("cmp", image.toString(), path(NAME));
        assertTrue(different.expect(1).contains("1000000, line "), different.toString());
    }

    /** cp opens with O_TRUNC. */
    @Test
    void itEndsAsADiskDoes() throws Exception {
        RealProgram.run("cp", image.toString(), path(NAME)).expect(0);
        RealProgram.run("cmp", image.toString(), path(NAME)).expect(0);
        RealProgram.Ended appended =
                dd("if=" + image, "of=" + path(NAME), "oflag=append", "conv=notrunc", "count=1")
                        .await();
        appended.expect(1);
        assertTrue(appended.errors().contains("No space left on device"), appended.toString());
        RealProgram.Ended full = dd("if=/dev/zero", "of=" + path(NAME), "bs=64k").await();
        full.expect(1);
        assertTrue(full.errors().contains("No space left on device"), full.toString());
        assertTrue(full.errors().contains("1000000 bytes"), "a short write: " + full);
        RealProgram.Ended end = dd("if=" + path(NAME), "bs=1k", "skip=5000").await();
        assertEquals("", end.expect(0));
    }

    @Test
    void pulledOutWhileProgramsReadIt() throws Exception {
        write();
        KeptDescriptor kept = keep("<>", NAME);
        Path copy = folder.resolve("copy");
        RealProgram dd = dd("if=" + path(NAME), "of=/dev/null", "bs=1");
        long reads = gate.counters().calls(Verb.READ);
        until("dd to be in the middle", () -> gate.counters().calls(Verb.READ) > reads + 100);
        disk.standBy();
        RealProgram cp = start("cp", path(NAME), copy.toString());
        RealProgram cmp = start("cmp", image.toString(), path(NAME));
        awaitAsleep(gate, Verb.READ, 3);
        remove(gate);
        RealProgram.Ended ddEnded = dd.await();
        ddEnded.expect(1);
        RealProgram.Ended cpEnded = cp.await();
        cpEnded.expect(1);
        RealProgram.Ended cmpEnded = cmp.await();
        cmpEnded.expect(2);
        for (RealProgram.Ended each : new RealProgram.Ended[] {ddEnded, cpEnded, cmpEnded}) {
            assertTrue(each.errors().contains("No such device"), each.toString());
        }
        kept.expectReadFails("No such device");

        plug();
        disk.spinUp();
        RealProgram.run("cmp", image.toString(), path(NAME)).expect(0);
        kept.expectReadFails("No such device");
        String kernel = "a USB disk: reads get 0, the end of a file, fsync `EIO`";
        row(
                "dd if=disk0 bs=1",
                "coreutils",
                "read it, and waited for it to spin up again",
                ddEnded,
                kernel);
        row("cp disk0 copy", "coreutils", "copied it, waiting for the same", cpEnded, kernel);
        row("cmp image disk0", "diffutils", "compared it, waiting for the same", cmpEnded, kernel);
    }

    @Test
    void pulledOutWhileDdWritesIt() throws Exception {
        RealProgram dd = dd("if=/dev/zero", "of=" + path(NAME), "bs=1", "conv=notrunc");
        until("writes", () -> gate.counters().calls(Verb.WRITE) > 100);
        remove(gate);
        RealProgram.Ended ended = dd.await();
        ended.expect(1);
        assertTrue(
                ended.errors()
                        .startsWith("dd: error writing '" + path(NAME) + "': No such device\n"),
                ended.toString());
        row(
                "dd of=disk0 bs=1",
                "coreutils",
                "wrote it; offsets, short transfers, `O_APPEND` and fsync were tried before",
                ended,
                "a USB disk: writes get `ENOSPC`");
    }

    private static void row(
            String command, String debian, String did, RealProgram.Ended ended, String kernel)
            throws Exception {
        // Without dd's counts, which depend on the moment.
        String said = ended.errors().lines().findFirst().orElse("").replaceAll("/\\S*/", "");
        ProgramTable.check(
                new ProgramTable.Row(
                        8,
                        command,
                        debian + " " + RealProgram.version(debian),
                        did,
                        said + "; exit " + ended.exit(),
                        kernel));
    }
}
