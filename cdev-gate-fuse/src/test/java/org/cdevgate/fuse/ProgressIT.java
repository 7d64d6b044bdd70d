package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.cdevgate.abi.Errno;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.fuse.driver.TeletypeDriver;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.fuse.harness.Shell;
import org.cdevgate.fuse.harness.Within;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.Verb;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A write that takes all goes on where it was, and ends early with what it has taken. */
class ProgressIT extends MountBase {
    private final TeletypeDriver driver = new TeletypeDriver();
    private FopsGate gate;

    @BeforeEach
    void register() throws Exception {
        gate = mount.register("tty", driver);
    }

    private Pending writeAndTake(int fd, String text, int bytes) throws Exception {
        driver.makeRoom(bytes);
        Pending write = client.beginWrite(fd, text);
        Within.limit("some of it is sent", () -> driver.sent().endsWith(text.substring(0, bytes)));
        TestMount.awaitAsleep(gate, Verb.WRITE, 1);
        return write;
    }

    @Test
    void everyByteOfAProgramIsSentOnce() throws Exception {
        try (Shell printf = Shell.start("printf abcdefgh > \"$1\"", mount.path("tty"))) {
            for (String next : new String[] {"abc", "abcd", "abcdef"}) {
                TestMount.awaitAsleep(gate, Verb.WRITE, 1);
                driver.makeRoom(next.length() - driver.sent().length());
                Within.limit("more is sent", () -> driver.sent().equals(next));
            }
            driver.makeRoom(10);
            assertEquals(0, printf.await().exit());
        }
        assertEquals("abcdefgh", driver.sent());
    }

    @Test
    void aSignalEndsItWithTheBytesTaken() throws Exception {
        int fd = open(gate);
        Pending write = writeAndTake(fd, "abcde", 2);
        client.interrupt(write);
        write.await().expect(2);
        Pending none = client.beginWrite(fd, "cde");
        TestMount.awaitAsleep(gate, Verb.WRITE, 1);
        client.interrupt(none);
        none.await().expect(Errno.EINTR);
        driver.makeRoom(10);
        client.write(fd, "cde").expect(3);
        assertEquals("abcde", driver.sent(), "what a program sends that believes the results");
    }

    @Test
    void theRemovalEndsItWithTheBytesTaken() throws Exception {
        int fd = open(gate);
        Pending write = writeAndTake(fd, "abcde", 2);
        remove(gate);
        write.await().expect(2);
        client.write(fd, "cde").expect(Errno.ENODEV);
        assertEquals("ab", driver.sent());
    }

    @Test
    void aCallThatMustNotSleepGivesTheBytesTaken() throws Exception {
        int fd = client.open(mount.path("tty"), OpenFlags.O_RDWR | OpenFlags.O_NONBLOCK);
        driver.makeRoom(2);
        client.write(fd, "abcde").expect(2);
        client.write(fd, "cde").expect(Errno.EAGAIN);
        driver.makeRoom(3);
        client.write(fd, "cde").expect(3);
        assertEquals("abcde", driver.sent());
    }
}
