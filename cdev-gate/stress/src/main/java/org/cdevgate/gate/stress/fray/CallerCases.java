package org.cdevgate.gate.stress.fray;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.async.DeviceTimer;
import org.cdevgate.async.Work;
import org.cdevgate.async.WorkQueue;
import org.cdevgate.device.BoundDevice;
import org.cdevgate.device.Device;
import org.cdevgate.device.stress.Machine;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.front.Caller;
import org.cdevgate.internal.DaemonThreads;

/**
 * Cases about what calls a driver on threads that the library makes. Each method is one schedule of
 * it, on new devices.
 */
public final class CallerCases {
    private CallerCases() {}

    /** What a driver's function uses, and who may use it when. */
    private static final class Register {
        private final Actors actors;
        private final AtomicInteger users = new AtomicInteger();
        private volatile boolean freed;

        Register(Actors actors) {
            this.actors = actors;
        }

        @SuppressWarnings("WaitNotInLoop") // it waits for no condition
        void use(BoundDevice bound) throws InterruptedException {
            actors.require(users.incrementAndGet() == 1, "a function runs on two threads at once");
            actors.require(!freed, "a function used what was freed");
            synchronized (this) {
                wait(1); // ends when no other can go on: whoever may come meanwhile has come
            }
            actors.require(!freed, "a function used what was freed");
            users.decrementAndGet();
        }

        void free() {
            freed = true;
        }

        /** A user that begins from here on is too late. */
        void checkUnused(String moment) {
            actors.require(users.get() == 0, moment + ": a function still runs");
        }
    }

    /**
     * Work of a queue with two threads is queued again and again while it is cancelled, and the
     * device is unbound.
     */
    public static void work() {
        Actors actors = new Actors();
        Register register = new Register(actors);
        AtomicReference<Work> made = new AtomicReference<>();
        Device device =
                new Machine()
                        .withoutReports()
                        .bind(
                                "device",
                                bound ->
                                        made.set(
                                                WorkQueue.alloc(bound, "fray-work", 2)
                                                        .work("work", register::use)));
        Work work = made.get();
        actors.with(
                        "interrupt",
                        () -> {
                            work.queue();
                            work.queue();
                            work.queue();
                        })
                .with("canceller", work::cancelSync)
                .with(
                        "unbinder",
                        () -> {
                            device.unbind();
                            register.checkUnused("after the unbinding");
                            register.free();
                        })
                .run();
        actors.require(!work.queue(), "work was queued after the unbinding");
    }

    /** Work that queues itself again each time is cancelled for good, and what it uses freed. */
    public static void workThatQueuesItself() {
        Actors actors = new Actors();
        Register register = new Register(actors);
        AtomicReference<Work> made = new AtomicReference<>();
        AtomicInteger runs = new AtomicInteger();
        Device device =
                new Machine()
                        .withoutReports()
                        .bind(
                                "device",
                                bound ->
                                        made.set(
                                                WorkQueue.alloc(bound, "fray-work", 1)
                                                        .work(
                                                                "work",
                                                                inside -> {
                                                                    register.use(inside);
                                                                    if (runs.incrementAndGet()
                                                                            < 3) {
                                                                        made.get().queue();
                                                                    }
                                                                })));
        Work work = made.get();
        work.queue();
        actors.with(
                        "canceller",
                        () -> {
                            work.cancelSync();
                            register.checkUnused("after cancelSync()");
                            register.free();
                        })
                .with("flusher", work::flush)
                .run();
        device.unbind();
    }

    /**
     * All drivers' timers share their threads, which go on from one schedule into the next, where
     * Fray does not know them. So this one has its own, which the library gives to its own tests
     * only.
     */
    private static DeviceTimer timerWithThreadsOfItsOwn(
            BoundDevice bound, DeviceTimer.Function function) throws Exception {
        Class<?> timers = Class.forName("org.cdevgate.async.Timers");
        Constructor<?> make =
                timers.getDeclaredConstructor(
                        ScheduledThreadPoolExecutor.class, ThreadFactory.class);
        make.setAccessible(true);
        Method setup =
                DeviceTimer.class.getDeclaredMethod(
                        "setup",
                        BoundDevice.class,
                        String.class,
                        DeviceTimer.Function.class,
                        timers);
        setup.setAccessible(true);
        Object own =
                make.newInstance(
                        DaemonThreads.timer("fray-timers"), DaemonThreads.factory("fray-timer"));
        return (DeviceTimer) setup.invoke(null, bound, "fray-timer", function, own);
    }

    /** A timer is set by two threads and shut down by a third, and what it uses freed. */
    public static void timers() {
        Actors actors = new Actors();
        Register register = new Register(actors);
        AtomicReference<DeviceTimer> made = new AtomicReference<>();
        Device device =
                new Machine()
                        .withoutReports()
                        .bind(
                                "device",
                                bound -> made.set(timerWithThreadsOfItsOwn(bound, register::use)));
        DeviceTimer timer = made.get();
        actors.with("setter", () -> timer.mod(Duration.ZERO))
                .with("second setter", () -> timer.mod(Duration.ZERO))
                .with(
                        "remover",
                        () -> {
                            timer.shutdownSync();
                            register.checkUnused("after shutdownSync()");
                            register.free();
                        })
                .run();
        actors.require(!timer.mod(Duration.ZERO), "a timer was set after its shutdown");
        device.unbind();
    }

    /** A driver that sleeps in its own way, and learns of the removal by a callback alone. */
    private static final class OwnSleep implements FileOperations {
        private final Actors actors;
        private final AtomicInteger inside = new AtomicInteger();
        private final Set<Thread> cancelling = ConcurrentHashMap.newKeySet(); // whose call
        private volatile boolean off;

        OwnSleep(Actors actors) {
            this.actors = actors;
        }

        @Override
        public int read(OpenFile file, ByteBuffer dst, long position, Call call)
                throws ErrnoException, InterruptedException {
            Object lock = new Object();
            boolean[] cancelled = {false};
            boolean[] ended = {false};
            Thread caller = Thread.currentThread();
            inside.incrementAndGet();
            call.onCancel(
                    () -> {
                        cancelling.add(caller);
                        synchronized (lock) {
                            actors.require(!ended[0], "a callback ran after its call");
                            actors.require(!off, "a callback ran after the teardown");
                            cancelled[0] = true;
                            lock.notifyAll();
                        }
                        cancelling.remove(caller);
                    });
            synchronized (lock) {
                while (!cancelled[0]) {
                    lock.wait();
                }
                ended[0] = true;
            }
            actors.require(!off, "the teardown ran while a call used the device");
            inside.decrementAndGet();
            return 1;
        }

        void tearDown() {
            actors.require(inside.get() == 0, "the teardown ran while a call used the device");
            off = true;
        }
    }

    /** Two calls sleep in the driver's own way as their device is removed. */
    public static void cancelCallbacks() throws ErrnoException {
        Actors actors = new Actors();
        OwnSleep driver = new OwnSleep(actors);
        FopsGate gate = FopsGate.builder("own sleep", driver).onTeardown(driver::tearDown).build();
        OpenFile file = gate.front().open(0, Caller.local());
        Actors.Part reader =
                () -> {
                    try {
                        gate.front().read(file, ByteBuffer.allocate(1), 0, Caller.local());
                    } catch (ErrnoException e) {
                        actors.require(gate.isRemoving(), "a live device answered " + e);
                    }
                    actors.require(
                            !driver.cancelling.contains(Thread.currentThread()),
                            "a callback runs on after its call");
                };
        actors.with("reader", reader)
                .with("second reader", reader)
                .with(
                        "remover",
                        () -> {
                            gate.unregisterSync();
                            actors.require(driver.off, "a remover came back before the teardown");
                        })
                .run();
    }
}
