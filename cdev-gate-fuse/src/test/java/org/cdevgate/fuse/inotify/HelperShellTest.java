package org.cdevgate.fuse.inotify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.cdevgate.fuse.harness.Shell;
import org.cdevgate.fuse.harness.Within;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HelperShellTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(50);

    private final HelperShell shell = new HelperShell(Path.of("/an argument"));

    @AfterEach
    void close() {
        shell.close();
    }

    private static boolean isAlive(int pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    @Test
    void oneShellRunsOneCommandAfterTheOther() throws Exception {
        assertEquals(0, shell.pid(), "a process before the first command");
        assertEquals(new HelperShell.Result(0, "/an argument"), shell.run("echo \"$1\"", LONG));
        int pid = shell.pid();
        assertEquals(new HelperShell.Result(1, "no"), shell.run("echo no >&2; false", LONG));
        assertEquals(new HelperShell.Result(0, "a\nb"), shell.run("echo a; printf b", LONG));
        assertEquals(pid + "", shell.run("echo $$", LONG).output());
        assertEquals("/ C", shell.run("echo \"$(pwd) $LC_ALL\"", LONG).output());
        assertEquals("", shell.run("cat", LONG).output(), "a command got the next ones as input");
        assertTrue(
                shell.run("cat /dev/zero | head -c 100000 | tr '\\0' x", LONG).output().length()
                        < 9000);
        shell.close();
        Within.limit("end of the shell", () -> !isAlive(pid));
    }

    @Test
    void aNameIsOneWordWhateverItsBytes() throws Exception {
        byte[] bytes = new byte[255];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i + 1);
        }
        String word = HelperShell.word(bytes);
        String hex = shell.run("printf %s " + word + " | od -An -v -tx1", LONG).output();
        StringBuilder expected = new StringBuilder();
        for (byte each : bytes) {
            expected.append(String.format("%02x", each));
        }
        assertEquals(expected.toString(), hex.replaceAll("\\s", ""));
        byte[] quotes = "''\\''".getBytes(StandardCharsets.US_ASCII);
        assertEquals("''\\''", shell.run("printf %s " + HelperShell.word(quotes), LONG).output());
    }

    @Test
    void oneThatHasDiedIsReplacedAtTheNextCommand() throws Exception {
        shell.run("true", LONG);
        int pid = shell.pid();
        Shell.run("kill -KILL \"$1\"", pid + "").expect(0);
        Within.limit("death of the shell", () -> !isAlive(pid));
        assertEquals("alive", shell.run("echo alive", LONG).output());
        assertNotEquals(pid, shell.pid());
    }

    @Test
    void oneThatDiesInACommandIsReported() throws Exception {
        IOException death =
                assertThrows(IOException.class, () -> shell.run("echo why; kill -KILL $$", LONG));
        assertTrue(death.getMessage().contains("137; it said \"why\""), death.getMessage());
        assertEquals("alive", shell.run("echo alive", LONG).output());
    }

    @Test
    void oneThatDoesNotAnswerIsKilledWithItsChildren() throws Exception {
        int child = Integer.parseInt(shell.run("sleep 60 & echo $!", LONG).output());
        int pid = shell.pid();
        Shell.run("kill -STOP \"$1\"", pid + "").expect(0);
        IOException late = assertThrows(IOException.class, () -> shell.run("true", SHORT));
        assertTrue(late.getMessage().contains("50 ms"), late.getMessage());
        Within.limit("death of both", () -> !isAlive(pid) && !isAlive(child));
        assertEquals("alive", shell.run("echo alive", LONG).output());
    }

    @Test
    void anInterruptEndsTheWaitAndTheShell() throws Exception {
        shell.run("true", LONG);
        int pid = shell.pid();
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> shell.run("sleep 60", LONG));
        assertFalse(Thread.interrupted(), "the flag would end the farewell too");
        Within.limit("end of the shell", () -> !isAlive(pid));
    }
}
