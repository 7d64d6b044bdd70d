package org.cdevgate.drivers.proxy;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.IoctlCommand;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.drivers.CallerWithMemory;
import org.cdevgate.fuse.libc.Libc;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.front.Caller;
import org.cdevgate.gate.front.PollWatcher;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The real nodes of a proxy are those of this machine: pseudo-terminals, /dev/null and its like.
 */
@Timeout(60)
class ProxyDriverTest {
    private static final int TIOCGWINSZ = 0x5413;
    private static final int TIOCSWINSZ = 0x5414;
    private static final int TIOCSCTTY = 0x540E;
    private static final int TIOCGPTN = 0x80045430;
    private static final int ADDRESS = 0x100; // in the caller's memory

    private final List<FopsGate> gates = new ArrayList<>();

    /** Also the real nodes: nothing of a proxy is left when its device has gone. */
    @AfterEach
    void unplug() {
        gates.forEach(FopsGate::unregisterSync);
        await().until(
                        () ->
                                Thread.getAllStackTraces().keySet().stream()
                                        .noneMatch(each -> each.getName().equals("real nodes")));
    }

    private FopsGate plug(Path path) {
        return plug(path, true);
    }

    private FopsGate plug(Path path, boolean memory) {
        FopsGate gate = FopsGate.of("proxy", new ProxyDriver(path, false, memory));
        gates.add(gate);
        return gate;
    }

    private static OpenFile open(FopsGate gate, int more) throws ErrnoException {
        return gate.front().open(OpenFlags.O_RDWR | more, Caller.local());
    }

    private static String read(OpenFile file) throws ErrnoException {
        ByteBuffer dst = ByteBuffer.allocateDirect(100);
        int count = file.gate().front().read(file, dst, 0, Caller.local());
        byte[] bytes = new byte[count];
        dst.get(0, bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static int write(OpenFile file, String text) throws ErrnoException {
        ByteBuffer src = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
        return file.gate().front().write(file, src.asReadOnlyBuffer(), 0, Caller.local());
    }

    private static <T> CompletableFuture<T> elsewhere(Callable<T> call) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                result.complete(call.call());
                            } catch (Exception e) {
                                result.completeExceptionally(e);
                            }
                        });
        thread.setDaemon(true);
        thread.start();
        return result;
    }

    /** One that is asleep in the gate, and not in the real node. */
    private static CompletableFuture<String> asleepInRead(FopsGate gate, OpenFile file) {
        CompletableFuture<String> reading = elsewhere(() -> read(file));
        await().until(
                        () ->
                                gate.callsInFlight().stream()
                                        .anyMatch(each -> each.waitingOn() != null));
        return reading;
    }

    private static void expect(Errno errno, Callable<?> call) {
        assertEquals(errno.number(), assertThrows(ErrnoException.class, call::call).errno());
    }

    @ParameterizedTest
    @CsvSource({"/dev/null, 0", "/dev/zero, 100", "/dev/urandom, 100"})
    void nodesThatAreAlwaysReadyAnswerAtOnce(Path path, int bytes) throws ErrnoException {
        OpenFile file = open(plug(path), 0);
        assertEquals(bytes, read(file).length());
        assertEquals(3, write(file, "abc"));
        int ready = PollEvents.POLLIN | PollEvents.POLLOUT;
        assertEquals(ready, file.gate().front().poll(file, Caller.local(), null) & ready);
        expect(Errno.ENODEV, () -> file.gate().front().mmap(file, 0, 1, Caller.local()));
    }

    @Test
    void bytesPassBothWays() throws ErrnoException {
        try (Pty pty = new Pty().raw()) {
            FopsGate gate = plug(pty.path());
            OpenFile file = open(gate, 0);
            assertEquals(5, write(file, "hello"));
            await().until(() -> pty.heard(100).equals("hello"));
            CompletableFuture<String> reading = asleepInRead(gate, file);
            pty.say("world");
            assertEquals("world", reading.join());
        }
    }

    /** The real terminal is as it was: it can be plugged in again, and used beside. */
    @Test
    void aRemovalEndsASleepingReadAndTheRealNodeHearsNothingOfIt() throws ErrnoException {
        try (Pty pty = new Pty().raw()) {
            FopsGate gate = plug(pty.path());
            OpenFile file = open(gate, 0);
            RealNode beside = RealNode.open(pty.path(), OpenFlags.O_RDWR);
            CompletableFuture<String> reading = asleepInRead(gate, file);
            gate.unregisterSync();
            CompletionException gone = assertThrows(CompletionException.class, reading::join);
            assertEquals(
                    Errno.ENODEV.number(),
                    ((ErrnoException) gone.getCause()).errno(),
                    "the answer");
            assertTrue(pty.isConnected(), "somebody else has it open");
            pty.say("unread");
            ByteBuffer dst = ByteBuffer.allocateDirect(100);
            await().until(() -> beside.read(dst) == 6);
            beside.close();
            assertFalse(pty.isConnected(), "a descriptor is left open");

            OpenFile again = open(plug(pty.path()), 0);
            pty.say("back");
            assertEquals("back", read(again));
        }
    }

    @Test
    void aCallerThatMustNotSleepIsTold() throws ErrnoException {
        try (Pty pty = new Pty().raw()) {
            OpenFile file = open(plug(pty.path()), OpenFlags.O_NONBLOCK);
            expect(Errno.EAGAIN, () -> read(file));
            pty.say("x");
            await().until(() -> read(file).equals("x"));
            int taken = write(file, "y".repeat(100_000));
            assertTrue(taken > 0 && taken < 100_000, "a full terminal takes a part: " + taken);
            await().until(() -> isFull(file)); // the kernel moves bytes on for a while
        }
    }

    private static boolean isFull(OpenFile file) throws ErrnoException {
        try {
            write(file, "y".repeat(100_000));
            return false;
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EAGAIN.number()) {
                throw e;
            }
            return true;
        }
    }

    @Test
    void aWriteToATerminalGoesOnUntilAllIsTaken() throws ErrnoException {
        try (Pty pty = new Pty().raw()) {
            OpenFile file = open(plug(pty.path()), 0);
            CompletableFuture<Integer> writing = elsewhere(() -> write(file, "y".repeat(100_000)));
            AtomicInteger heard = new AtomicInteger();
            await().until(() -> heard.addAndGet(pty.heard(4096).length()) == 100_000);
            assertEquals(100_000, writing.join());
        }
    }

    @Test
    void whoPollsHearsOfEachArrival() throws ErrnoException {
        try (Pty pty = new Pty().raw()) {
            OpenFile file = open(plug(pty.path()), OpenFlags.O_NONBLOCK);
            AtomicInteger wakeUps = new AtomicInteger();
            PollWatcher watcher =
                    new PollWatcher() {
                        @Override
                        protected void wakeUp() {
                            wakeUps.incrementAndGet();
                        }
                    };
            int events = file.gate().front().poll(file, Caller.local(), watcher);
            assertEquals(PollEvents.POLLOUT, events & (PollEvents.POLLOUT | PollEvents.POLLIN));
            for (int arrival = 0; arrival < 3; arrival++) {
                int before = wakeUps.get();
                pty.say("x");
                await().until(() -> wakeUps.get() > before);
                await().until(
                                () ->
                                        (file.gate().front().poll(file, Caller.local(), null)
                                                        & PollEvents.POLLIN)
                                                != 0);
            }
            watcher.stop();
        }
    }

    /** Its other end is closed: what a real terminal says then, and not what a removal says. */
    @Test
    void aRealHangUpPassesThrough() throws ErrnoException {
        Pty pty = new Pty().raw();
        FopsGate gate = plug(pty.path());
        OpenFile file = open(gate, 0);
        CompletableFuture<String> reading = asleepInRead(gate, file);
        pty.close();
        CompletableFuture<Object> answer =
                reading.handle((text, failure) -> failure == null ? text : failure.getCause());
        Object got = answer.orTimeout(30, TimeUnit.SECONDS).join();
        assertTrue(
                got.equals("")
                        || (got instanceof ErrnoException e && e.errno() == Errno.EIO.number()),
                "a read of a terminal that hung up gave " + got);
        int hungUp = PollEvents.POLLERR | PollEvents.POLLHUP;
        assertEquals(hungUp, gate.front().poll(file, Caller.local(), null) & hungUp);
        expect(Errno.EIO, () -> write(file, "x"));
    }

    @Test
    void commandsWithoutASizeUseTheMemoryOfTheCaller() throws ErrnoException {
        try (Pty pty = new Pty()) {
            CallerWithMemory caller = new CallerWithMemory(ADDRESS, 0x1000);
            FopsGate gate = plug(pty.path());
            OpenFile file = gate.front().open(OpenFlags.O_RDWR, caller);
            caller.memory.putShort(ADDRESS, (short) 50).putShort(ADDRESS + 2, (short) 132);
            assertEquals(0, ioctl(file, TIOCSWINSZ, ADDRESS, caller));
            caller.memory.putInt(ADDRESS, 0);
            assertEquals(0, ioctl(file, TIOCGWINSZ, ADDRESS, caller));
            assertEquals(50, caller.memory.getShort(ADDRESS), "rows");
            assertEquals(132, caller.memory.getShort(ADDRESS + 2), "columns");
            assertEquals(0, ioctl(file, BareCommands.TCGETS, ADDRESS, caller));
            assertTrue(caller.memory.getInt(ADDRESS + 8) != 0, "c_cflag of struct termios");
            expect(Errno.EFAULT, () -> ioctl(file, TIOCGWINSZ, ADDRESS - 4, caller));
        }
    }

    private static int ioctl(OpenFile file, int command, long argument, Caller caller)
            throws ErrnoException {
        ByteBuffer data = ByteBuffer.allocateDirect(IoctlCommand.size(command));
        return file.gate().front().ioctl(file, command, argument, data, caller);
    }

    @Test
    void commandsThatCannotBeServedAreRefused() throws ErrnoException {
        try (Pty pty = new Pty()) {
            OpenFile closed = open(plug(pty.path(), false), 0);
            Caller caller = Caller.local();
            expect(Errno.ENOTTY, () -> ioctl(closed, BareCommands.TCGETS, ADDRESS, caller));
            OpenFile file = open(plug(pty.path()), 0);
            expect(Errno.ENOTTY, () -> ioctl(file, 0x54FE, 1 << 16, caller));
            expect(Errno.ENOTTY, () -> ioctl(file, 0x54FE, 1, caller));
            expect(Errno.EPERM, () -> ioctl(file, TIOCSCTTY, 1, caller));
        }
    }

    @Test
    void commandsWithASizeTakeTheirStructAlong() throws ErrnoException {
        OpenFile file = open(plug(Path.of("/dev/ptmx")), 0);
        ByteBuffer number = ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(0, -1);
        assertEquals(0, file.gate().front().ioctl(file, TIOCGPTN, 0, number, Caller.local()));
        assertTrue(number.getInt(0) >= 0, "the number of the terminal");
    }

    /** The kernel would take it for an address of this process, and write there. */
    @Test
    void anAddressOfThisJvmInAStructDoesNotReachTheRealNode() throws ErrnoException {
        OpenFile file = open(plug(Path.of("/dev/null")), 0);
        int command = IoctlCommand.iowr('K', 1, 16);
        ByteBuffer own = ByteBuffer.allocateDirect(8);
        ByteBuffer data = ByteBuffer.allocate(16).order(ByteOrder.nativeOrder());
        data.putLong(8, 0x7fff);
        expect(
                Errno.ENOTTY,
                () -> file.gate().front().ioctl(file, command, 0, data, Caller.local()));
        data.putLong(8, Libc.address(own));
        expect(
                Errno.EFAULT,
                () -> file.gate().front().ioctl(file, command, 0, data, Caller.local()));
    }

    @Test
    void theErrorsOfARealOpenPassThrough() {
        expect(Errno.ENOENT, () -> open(plug(Path.of("/dev/no-such")), 0));
        expect(Errno.EISDIR, () -> open(plug(Path.of("/dev")), 0));
    }
}
