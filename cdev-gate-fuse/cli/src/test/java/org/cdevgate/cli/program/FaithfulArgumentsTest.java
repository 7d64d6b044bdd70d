package org.cdevgate.cli.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaithfulArgumentsTest {
    private static String script(String commandLine, int count) {
        byte[] bytes = commandLine.getBytes(StandardCharsets.ISO_8859_1);
        return new String(FaithfulArguments.script(bytes, count), StandardCharsets.ISO_8859_1);
    }

    @Test
    void bytesStandInQuotes() {
        assertEquals("exec 'cat' '\u00e4\u00ff'\n", script("java\0run\0cat\0\u00e4\u00ff\0", 2));
        assertEquals("exec 'it'\\''s'\n", script("java\0it's\0", 1));
    }

    @Test
    void emptyArgumentsAreKept() {
        assertEquals("exec 'cat' '' 'x' ''\n", script("java\0cat\0\0x\0\0", 4));
        assertEquals("exec 'java' 'cat'\n", script("java\0cat\0", 2));
    }

    @Test
    void plainArgumentsNeedNoScript(@TempDir Path folder) throws Exception {
        List<String> program = List.of("cat", "-", "");
        assertSame(program, FaithfulArguments.of(program, folder));
    }
}
