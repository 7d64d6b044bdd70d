package org.cdevgate.drivers.filter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;
import static org.mockito.Mockito.withSettings;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.abi.Seek;
import org.cdevgate.drivers.BitBucket;
import org.cdevgate.drivers.MessageBox;
import org.cdevgate.drivers.filter.UnplugAtCall.Moment;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.calls.CallInFlight;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.front.Caller;
import org.cdevgate.gate.removal.RemovalProfile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FilteredDriverTest {
    private final List<FopsGate> gates = new ArrayList<>();
    private final Queue<CompletableFuture<?>> removals = new ConcurrentLinkedQueue<>();
    private FopsGate gate;
    private OpenFile file;

    private void open(FilteredDriver driver) throws ErrnoException {
        open(driver, RemovalProfile.EVDEV);
    }

    private void open(FilteredDriver driver, RemovalProfile profile) throws ErrnoException {
        gate = FopsGate.builder("filtered", driver).removalProfile(profile).build();
        gates.add(gate);
        file = gate.front().open(OpenFlags.O_RDWR, Caller.local());
    }

    private void unplug(FopsGate leaving) {
        removals.add(leaving.unregisterAsync());
    }

    @AfterEach
    void remove() {
        gates.forEach(FopsGate::unregisterSync);
        removals.forEach(CompletableFuture::join);
    }

    private int read() throws ErrnoException {
        return gate.front().read(file, ByteBuffer.allocate(10), 0, Caller.local());
    }

    private int readUnchecked() {
        try {
            return read();
        } catch (ErrnoException e) {
            throw new CompletionException(e);
        }
    }

    private Errno refused() {
        return refused(this::read);
    }

    private static Errno refused(Executable call) {
        return Errno.of(assertThrows(ErrnoException.class, call).errno());
    }

    private void zeros(CallFilter... filters) throws ErrnoException {
        open(new FilteredDriver(new BitBucket(true), filters));
    }

    @Test
    void aFaultComesToTheCallThatIsMeant() throws ErrnoException {
        zeros(FaultPlan.parse("errno=EIO,on=read#2").filter());
        assertEquals(10, read());
        assertEquals(5, gate.front().write(file, ByteBuffer.allocate(5), 0, Caller.local()));
        assertEquals(Errno.EIO, refused());
        assertEquals(10, read());
    }

    @Test
    void aShortTransferIsShortAndTheDriverKnows() throws ErrnoException {
        zeros(FaultPlan.parse("short=3").filter());
        assertEquals(3, read());
        assertEquals(3, gate.front().write(file, ByteBuffer.allocate(5), 0, Caller.local()));
        assertEquals(2, gate.front().write(file, ByteBuffer.allocate(2), 0, Caller.local()));
    }

    @Test
    void filtersComeOneAfterTheOther() throws ErrnoException {
        CallLog log = new CallLog();
        zeros(
                log,
                FaultPlan.parse("short=3,on=read#1").filter(),
                FaultPlan.parse("errno=EIO,on=read#2").filter());
        read();
        refused();
        assertEquals(3, log.calls()); // with open
        assertEquals(
                Map.of(
                        new CallLog.Kind("open", "0"), 1L,
                        new CallLog.Kind("read", "bytes"), 1L,
                        new CallLog.Kind("read", "EIO"), 1L),
                log.counts());
        assertEquals(List.of("open = 0", "read = bytes", "read = EIO"), log.last());
    }

    @Test
    void aDelayedCallIsLateAndAStalledOneEndsAtTheRemoval() throws Exception {
        zeros(
                CallMatch.parse("read#1").then(Faults.delay(Duration.ofMillis(20))),
                CallMatch.parse("read#2").then(Faults.stall()));
        long began = System.nanoTime();
        assertEquals(10, read());
        assertTrue(System.nanoTime() - began >= TimeUnit.MILLISECONDS.toNanos(20));
        CompletableFuture<Errno> stalled = CompletableFuture.supplyAsync(this::refused);
        Awaitility.await()
                .atMost(60, TimeUnit.SECONDS)
                .until(() -> gate.callsInFlight().size() == 1);
        gate.unregisterSync();
        assertEquals(Errno.ENODEV, stalled.get(60, TimeUnit.SECONDS));
    }

    @Test
    void whatAClientChoosesFillsNoMemory() throws Exception {
        CallLog log = new CallLog();
        FileOperations driver =
                new FileOperations() {
                    @Override
                    public int ioctl(
                            OpenFile file, int command, long argument, ByteBuffer data, Call call) {
                        return 0;
                    }

                    @Override
                    public long llseek(OpenFile file, long offset, int whence, Call call) {
                        return offset;
                    }
                };
        FopsGate disk =
                FopsGate.builder("disk", new FilteredDriver(driver, log))
                        .seekable(() -> 1 << 20)
                        .build();
        gates.add(disk);
        Caller caller = mock(Caller.class, withSettings().useConstructor());
        int[] pid = {0};
        when(caller.pid()).thenAnswer(call -> ++pid[0]);
        OpenFile opened = disk.front().open(OpenFlags.O_RDWR, caller);
        for (int i = 0; i < 2000; i++) {
            disk.front().llseek(opened, i, Seek.SEEK_DATA, caller);
        }
        assertEquals(2000, log.counts().get(new CallLog.Kind("llseek", "position")));
        for (int i = 1; i <= 2000; i++) {
            disk.front().ioctl(opened, i, 0, ByteBuffer.allocate(0), caller);
        }
        assertEquals(1001, log.counts().size());
        assertEquals(4001, log.counts().values().stream().mapToLong(Long::longValue).sum());
        assertEquals(1002, log.counts().get(CallLog.OTHERS)); // open, llseek and 998 are told apart
        assertEquals(4001, log.calls());
        assertEquals(1000, log.processes());
    }

    @Test
    void everyVerbReachesTheDriver() throws Exception {
        List<String> reached = new ArrayList<>();
        FileOperations target =
                (FileOperations)
                        Proxy.newProxyInstance(
                                getClass().getClassLoader(),
                                new Class<?>[] {FileOperations.class},
                                (proxy, method, arguments) -> {
                                    reached.add(method.getName());
                                    return method.getReturnType() == long.class ? (Object) 0L : 0;
                                });
        FilteredDriver filtered = new FilteredDriver(target);
        List<String> verbs = new ArrayList<>();
        for (Method verb : FileOperations.class.getMethods()) {
            verb.invoke(
                    filtered,
                    Arrays.stream(verb.getParameterTypes())
                            .map(FilteredDriverTest::argument)
                            .toArray());
            verbs.add(verb.getName());
        }
        assertEquals(verbs, reached, "a verb of the driver is lost behind filters");
    }

    private static Object argument(Class<?> type) {
        if (type == int.class) {
            return 0;
        } else if (type == long.class) {
            return 0L;
        } else if (type == boolean.class) {
            return false;
        }
        return type == ByteBuffer.class ? ByteBuffer.allocate(0) : null;
    }

    private int write(String text) throws ErrnoException {
        return gate.front()
                .write(
                        file,
                        ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)),
                        0,
                        Caller.local());
    }

    private void awaitSleeper() {
        Awaitility.await()
                .atMost(60, TimeUnit.SECONDS)
                .until(() -> gate.callsInFlight().stream().anyMatch(CallInFlight::isThreadless));
    }

    @Test
    void aRequestThatIsRunAgainKeepsItsNumberAndCountsOnce() throws Exception {
        CallLog log = new CallLog();
        AtomicInteger runs = new AtomicInteger();
        open(
                new FilteredDriver(
                        new MessageBox(),
                        log,
                        FaultPlan.parse("short=3,on=read#2").filter(),
                        call -> {
                            runs.addAndGet(call.verb() == Verb.READ ? 1 : 0);
                            return call.proceed();
                        }));
        write("first");
        assertEquals(5, read());
        CompletableFuture<Integer> second = CompletableFuture.supplyAsync(this::readUnchecked);
        awaitSleeper();
        int asleep = runs.get();
        write("second");
        assertEquals(3, second.get(60, TimeUnit.SECONDS), "the run after the sleep is another's");
        assertTrue(runs.get() > asleep, "the read did not sleep");
        write("third");
        assertEquals(5, read());
        assertEquals(7, log.calls(), "a run counts as a call"); // open, 3 writes, 3 reads
        assertEquals(3, log.counts().get(new CallLog.Kind("read", "bytes")));
    }

    @Test
    void aCallAfterASignalIsANewOne() throws Exception {
        CallLog log = new CallLog();
        open(
                new FilteredDriver(
                        new MessageBox(), log, FaultPlan.parse("short=3,on=read#1").filter()));
        CompletableFuture<Errno> first = new CompletableFuture<>();
        CompletableFuture<Integer> second = new CompletableFuture<>();
        Thread reader =
                new Thread(
                        () -> {
                            first.complete(refused());
                            second.complete(readUnchecked());
                        });
        reader.start();
        awaitSleeper();
        reader.interrupt();
        assertEquals(Errno.EINTR, first.get(60, TimeUnit.SECONDS));
        write("whole");
        assertEquals(5, second.get(60, TimeUnit.SECONDS), "it is taken for the first");
        assertEquals(4, log.calls());
        assertEquals(
                Map.of(
                        new CallLog.Kind("open", "0"), 1L,
                        new CallLog.Kind("write", "bytes"), 1L,
                        new CallLog.Kind("read", "bytes"), 1L),
                log.counts());
    }

    @ParameterizedTest
    @EnumSource(Moment.class)
    void theDeviceIsUnpluggedAtTheCall(Moment moment) throws ErrnoException {
        CallLog log = new CallLog();
        zeros(new UnplugAtCall(CallMatch.parse("read#2"), moment, this::unplug), log);
        assertEquals(10, read());
        assertFalse(gate.isRemoving());
        if (moment == Moment.BEFORE) {
            assertEquals(Errno.ENODEV, refused());
            assertEquals(2, log.calls(), "the driver has seen the call");
        } else {
            assertEquals(10, read(), "the driver's answer is lost");
            assertEquals(3, log.calls());
        }
        assertEquals(Errno.ENODEV, refused());
        assertTrue(gate.isRemoving());
    }

    @Test
    void aSleepingCallIsWokenByTheRemovalInsideIt() throws ErrnoException {
        open(
                new FilteredDriver(
                        new MessageBox(),
                        new UnplugAtCall(CallMatch.parse("read"), Moment.INSIDE, this::unplug)));
        assertEquals(Errno.ENODEV, refused());
    }

    @Test
    void anotherSleeperOfTheOpenerIsNotTakenForTheCall() throws Exception {
        List<Boolean> removing = new CopyOnWriteArrayList<>();
        open(
                new FilteredDriver(
                        new MessageBox(),
                        new UnplugAtCall(CallMatch.parse("read#2"), Moment.INSIDE, this::unplug),
                        call -> { // slow enough for a watcher that looks too early
                            if (call.verb() == Verb.READ && !removing.isEmpty()) {
                                Thread.sleep(50);
                            }
                            return call.proceed();
                        },
                        call -> {
                            if (call.verb() == Verb.READ && call.call().isFirstRun()) {
                                removing.add(gate.isRemoving());
                            }
                            return call.proceed();
                        }));
        CompletableFuture<Errno> other = CompletableFuture.supplyAsync(this::refused);
        awaitSleeper();
        assertEquals(Errno.ENODEV, refused());
        assertEquals(Errno.ENODEV, other.get(60, TimeUnit.SECONDS));
        assertEquals(List.of(false, false), removing, "unplugged before the driver has the call");
    }

    @ParameterizedTest
    @EnumSource(
            value = Moment.class,
            names = {"BEFORE", "AFTER"})
    void theCallGetsTheAnswerOfTheProfile(Moment moment) throws ErrnoException {
        open(
                new FilteredDriver(
                        new BitBucket(true),
                        new UnplugAtCall(CallMatch.parse("write#1"), moment, this::unplug)),
                RemovalProfile.TTY);
        if (moment == Moment.BEFORE) {
            assertEquals(Errno.EIO, refused(() -> write("late")));
        } else {
            write("in time");
        }
        assertEquals(0, read(), "the end of the file");
    }

    @Test
    void theCallGetsEnxioOnBsd() throws ErrnoException {
        for (Moment moment : List.of(Moment.BEFORE, Moment.AFTER)) {
            open(
                    new FilteredDriver(
                            new BitBucket(true),
                            new UnplugAtCall(CallMatch.parse("write#1"), moment, this::unplug)),
                    RemovalProfile.BSD);
            if (moment == Moment.AFTER) {
                write("in time");
            }
            assertEquals(Errno.ENXIO, refused(() -> write("late")));
        }
    }

    @Test
    void afterTheLastCallTheDeviceGoesByItself() throws ErrnoException {
        zeros(new UnplugAtCall(CallMatch.parse("read#1"), Moment.AFTER, this::unplug));
        assertEquals(10, read());
        Awaitility.await().atMost(60, TimeUnit.SECONDS).until(gate::isRemoved);
    }

    @Test
    void theNextDeviceOfTheDriverIsLeftAlone() throws ErrnoException {
        UnplugAtCall unplug =
                new UnplugAtCall(CallMatch.parse("read#1"), Moment.AFTER, this::unplug);
        FilteredDriver driver = new FilteredDriver(new BitBucket(true), unplug);
        open(driver);
        read();
        assertEquals(Errno.ENODEV, refused());
        open(driver);
        assertEquals(10, read());
        assertEquals(10, read());
        assertFalse(gate.isRemoving());
    }
}
