package org.cdevgate.fuse.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.cdevgate.fuse.driver.CapriciousDriver;
import org.cdevgate.fuse.harness.MessageGenerator;
import org.cdevgate.fuse.harness.Within;
import org.cdevgate.fuse.nodes.DeviceNodes;
import org.cdevgate.fuse.nodes.NodeDescription;
import org.cdevgate.fuse.protocol.FuseOpcode;
import org.cdevgate.gate.FopsGate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A whole server, nodes and drivers included, under messages of every kind: each request that wants
 * an answer gets one, of the right length, and no message stops the serving. The seed is {@code
 * -Dcdevgate.fuzz.seed}, how many messages {@code -Dcdevgate.fuzz.messages}.
 */
@Timeout(600)
class SessionFuzzTest {
    private static final long SEED = Long.getLong("cdevgate.fuzz.seed", System.nanoTime());
    private static final int MESSAGES = Integer.getInteger("cdevgate.fuzz.messages", 6_000);
    private static final int MAX_PARKED = 8;
    private static final int MAX_WAITING = 60;
    private static final int UNIQUE_AT = 8;
    private static final int FIRST_UNIQUE = 10;
    private static final int ENOENT = 2;
    private static final Set<FuseOpcode> SERVED =
            Set.of(
                    FuseOpcode.LOOKUP,
                    FuseOpcode.OPEN,
                    FuseOpcode.READ,
                    FuseOpcode.WRITE,
                    FuseOpcode.IOCTL,
                    FuseOpcode.POLL,
                    FuseOpcode.FLUSH,
                    FuseOpcode.FSYNC,
                    FuseOpcode.LSEEK,
                    FuseOpcode.RELEASE,
                    FuseOpcode.GETATTR,
                    FuseOpcode.SETATTR,
                    FuseOpcode.OPENDIR,
                    FuseOpcode.READDIR);
    private static final String[] NAMES = {"stream", "flushed", "dir/disk", "dir/shared", "dir"};

    private final Random random = new Random(SEED);
    private final ReplyJudge judge = new ReplyJudge();
    private final FakeKernel kernel =
            new FakeKernel(
                    message -> {
                        judge.written(message);
                        return isForNobody(message) ? ENOENT : 0;
                    });
    private final FuseSession session = new FuseSession(kernel.channel, "fuzz", MAX_PARKED);
    private final DeviceNodes nodes = new DeviceNodes(0, 0, session.notifier());
    private final List<CapriciousDriver> drivers = new ArrayList<>();
    private final FopsGate[] gates = new FopsGate[4];
    private final MessageGenerator generator = new MessageGenerator(SEED, new ServedWorld());
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private PrintStream realErr;
    private long unique = FIRST_UNIQUE;

    /** Half of what it names exists, some did, some never will. */
    private final class ServedWorld implements MessageGenerator.World {
        @Override
        public long nodeId(Random from) {
            int kind = from.nextInt(20);
            return kind == 0 ? from.nextLong() : kind == 1 ? from.nextInt(100) : recent(from);
        }

        private long recent(Random from) {
            return judge.nodeId(from.nextInt(4) == 0 ? 0 : -1 - from.nextInt(40));
        }

        @Override
        public long fh(Random from) {
            int kind = from.nextInt(20);
            return kind == 0 ? from.nextLong() : kind == 1 ? 0 : judge.file(-1 - from.nextInt(30));
        }

        @Override
        public byte[] name(Random from) {
            if (from.nextInt(8) == 0) {
                return MessageGenerator.randomName(from);
            }
            String path = NAMES[from.nextInt(NAMES.length)];
            return path.substring(path.indexOf('/') + 1).getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public long interrupted(Random from) {
            List<Long> waiting = judge.waiting();
            return waiting.isEmpty() || from.nextInt(4) == 0
                    ? from.nextInt(1000)
                    : waiting.get(from.nextInt(waiting.size()));
        }
    }

    @BeforeEach
    void start() throws Exception {
        realErr = System.err;
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        kernel.send(initOf(45, 0x73fffffb, 0x5fd));
        session.start(nodes);
        for (int i = 0; i < gates.length; i++) {
            plug(i);
        }
    }

    /** Now and then the caller has died, and write(2) says so. */
    private static boolean isForNobody(byte[] reply) {
        long unique = ByteBuffer.wrap(reply).order(ByteOrder.nativeOrder()).getLong(UNIQUE_AT);
        return unique > FIRST_UNIQUE && unique % 46 == 0;
    }

    private byte[] initOf(int minor, int flags, int flags2) {
        ByteBuffer init = ByteBuffer.allocate(104).order(ByteOrder.nativeOrder());
        init.putInt(104).putInt(FuseOpcode.INIT.number()).putLong(2).position(40);
        init.putInt(7).putInt(minor).putInt(1 << 17).putInt(flags).putInt(flags2);
        judge.sending(init.array());
        return init.array();
    }

    private void plug(int index) throws Exception {
        CapriciousDriver driver = new CapriciousDriver(random.nextLong());
        drivers.add(driver);
        FopsGate gate =
                switch (index) {
                    case 2 -> FopsGate.builder("disk", driver).seekable(() -> 4096).build();
                    case 3 -> FopsGate.builder("shared", driver).seekable(() -> 1L << 40).build();
                    default -> FopsGate.of(NAMES[index], driver);
                };
        gates[index] = gate;
        nodes.add(
                new NodeDescription(NAMES[index], List.of(), 0666, 0, 0, index == 1, 0),
                gate,
                null);
    }

    @AfterEach
    void end() {
        System.setErr(realErr);
    }

    @Test
    void everyMessageIsAnsweredAsTheKernelWantsItOrRefused() throws Exception {
        realErr.println("session fuzz: seed " + SEED + ", " + MESSAGES + " messages");
        for (int i = 0; i < MESSAGES; i++) {
            send(next());
            if (generator.below(10) == 0) {
                drivers.get(drivers.size() - 1 - generator.below(4)).wakeUp();
            }
            if (generator.below(2000) == 0) {
                int index = generator.below(gates.length);
                Within.run("removal", gates[index]::unregisterSync);
                plug(index);
            }
            if (judge.waiting().size() > MAX_WAITING) {
                drivers.forEach(CapriciousDriver::wakeUp);
                kernel.interrupt(judge.waiting().get(0));
            }
        }
        endAllThatSleep();
        assertEquals(List.of(), judge.violations(), this::context);
        for (FopsGate gate : gates) {
            Within.run("removal", gate::unregisterSync);
        }
        assertTrue(
                Within.limit(
                        "close", Within.LIMIT, () -> session.close(TimeUnit.SECONDS.toNanos(5))),
                "threads are left behind");
        assertEquals(0, nodes.openFiles(), "files left open");
        for (CapriciousDriver driver : drivers) {
            assertTrue(driver.isEachReleasedOnce(), "a file was not released exactly once");
        }
        assertTrue(session.inFlight().isEmpty(), "requests are remembered for ever");
        assertLogTellsOfMalformedMessagesOnly();
        assertTrue(
                judge.succeeded().containsAll(SERVED),
                () -> "some verb never got as far as to a success: " + judge.succeeded());
        realErr.println("session fuzz: " + judge.summary());
    }

    private String context() {
        return "seed " + SEED + ": " + judge.summary();
    }

    /** A sound message in three of four cases: otherwise little of the server would be reached. */
    private byte[] next() {
        int kind = generator.below(40);
        if (kind == 0) {
            return generator.noise();
        }
        FuseOpcode opcode =
                kind < 6 ? FuseOpcode.LOOKUP : kind < 12 ? FuseOpcode.OPEN : usual(kind);
        return generator.below(4) == 0 ? generator.mutated(opcode) : generator.sound(opcode);
    }

    private FuseOpcode usual(int kind) {
        return switch (kind) {
            case 12, 13, 14 -> FuseOpcode.READ;
            case 15, 16 -> FuseOpcode.WRITE;
            case 17, 18, 19 -> FuseOpcode.IOCTL;
            case 20, 21 -> FuseOpcode.POLL;
            case 22, 23 -> FuseOpcode.INTERRUPT;
            case 24 -> FuseOpcode.READDIRPLUS;
            default -> generator.anyOpcode();
        };
    }

    /** Gives a message a unique of its own, sends it, and waits until the next would be read. */
    private void send(byte[] message) {
        if (message.length >= UNIQUE_AT + 8) {
            unique += 2;
            ByteBuffer.wrap(message).order(ByteOrder.nativeOrder()).putLong(UNIQUE_AT, unique);
        }
        judge.sending(message);
        kernel.send(message);
        long deadline = System.nanoTime() + Within.LIMIT.toNanos();
        while (!kernel.isWaitedFor()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("nobody reads any more; " + context());
            }
            LockSupport.parkNanos(10_000);
        }
    }

    /** Woken and interrupted until it is answered, as by a process that dies. */
    private void endAllThatSleep() {
        Within.limit(
                "every request answered",
                () -> {
                    drivers.forEach(CapriciousDriver::wakeUp);
                    judge.waiting().forEach(kernel::interrupt);
                    return judge.waiting().isEmpty() && kernel.isWaitedFor();
                },
                () -> context() + "\nunanswered:\n" + judge.describeWaiting());
    }

    private void assertLogTellsOfMalformedMessagesOnly() {
        List<String> others =
                log.toString(StandardCharsets.UTF_8)
                        .lines()
                        .filter(line -> !line.contains(" - fuzz: "))
                        .limit(20)
                        .toList();
        assertEquals(List.of(), others, "seed " + SEED + ": the log tells of more");
        List<String> unexpected =
                log.toString(StandardCharsets.UTF_8)
                        .lines()
                        .filter(line -> line.contains(" ERROR "))
                        .filter(line -> !line.contains("bytes received"))
                        .filter(line -> !line.contains("message of"))
                        .limit(20)
                        .toList();
        assertEquals(List.of(), unexpected, "seed " + SEED + ": an error that no message explains");
    }
}
