package org.cdevgate.fuse.explore.scenarios;

import java.nio.ByteBuffer;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.IoctlCommand;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.fuse.explore.ModelledJdk;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;

/**
 * A driver that sleeps in every way, until there is a drop in one of its basins, or by a signal,
 * and for no other reason. An ioctl says how; read and poll are of basin 0.
 */
final class ExploredTap implements FileOperations {
    private static final int ASK = 1;
    private static final int PARK = 2;
    private static final int SLEEP = 3;
    private static final int STUCK = 4;
    private static final int DEAF = 5;
    private static final int SLOW = 6;
    private static final int SLEEP_THEN_PARK = 7;
    private static final int PARK_THEN_SLEEP = 8;
    private static final int SLEEP_THEN_STUCK = 9;
    private static final int INTERRUPT_ITSELF = 10;

    private static final long SLOW_NANOS = 12_000_000;
    private static final int BASINS = 3;

    private static final class Basin {
        final WaitQueue queue = new WaitQueue("basin");
        volatile int drops;

        synchronized void add() {
            drops++;
        }

        synchronized boolean take() {
            if (drops == 0) {
                return false;
            }
            drops--;
            return true;
        }
    }

    private final Basin[] basins = new Basin[BASINS];
    private volatile boolean pollNamesQueue = true;

    ExploredTap() {
        for (int i = 0; i < BASINS; i++) {
            basins[i] = new Basin();
        }
    }

    private static int command(int way, int basin, int then) {
        return IoctlCommand.io('T', way << 4 | basin << 2 | then);
    }

    /** Ends at once; the result tells whether its thread was interrupted. */
    static int ask() {
        return command(ASK, 0, 0);
    }

    /** Takes a drop, with its thread parked until there is one. */
    static int park(int basin) {
        return command(PARK, basin, 0);
    }

    /** Takes a drop; sleeps without a thread until there is one. */
    static int sleep(int basin) {
        return command(SLEEP, basin, 0);
    }

    /** Takes a drop, with its thread asleep where nobody knows of it. */
    static int stuck(int basin) {
        return command(STUCK, basin, 0);
    }

    /** As {@link #stuck}, and no signal ends it. */
    static int deaf(int basin) {
        return command(DEAF, basin, 0);
    }

    /** Sleeps twelve milliseconds where nobody knows of it. */
    static int slow() {
        return command(SLOW, 0, 0);
    }

    /** Sleeps without a thread until there is a drop, which it leaves; then {@link #park}. */
    static int sleepThenPark(int basin, int then) {
        return command(SLEEP_THEN_PARK, basin, then);
    }

    /** Parks until there is a drop, which it leaves; then {@link #sleep}. */
    static int parkThenSleep(int basin, int then) {
        return command(PARK_THEN_SLEEP, basin, then);
    }

    /** Sleeps without a thread until there is a drop, which it leaves; then {@link #stuck}. */
    static int sleepThenStuck(int basin, int then) {
        return command(SLEEP_THEN_STUCK, basin, then);
    }

    /** Interrupts its own thread, and ends. */
    static int interruptItself() {
        return command(INTERRUPT_ITSELF, 0, 0);
    }

    /** Its poll forgets to say where to wait. */
    void pollNamesNoQueue() {
        pollNamesQueue = false;
    }

    /** Adds a drop and wakes whoever sleeps for it. */
    void drip(int basin) {
        basins[basin].add();
        basins[basin].queue.wakeUp();
    }

    int drops(int basin) {
        return basins[basin].drops;
    }

    @Override
    public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
        if (!basins[0].take()) {
            return call.wouldBlockExclusive(basins[0].queue);
        }
        dst.put((byte) 1);
        return 1;
    }

    @Override
    public int poll(OpenFile file, Call call) {
        if (pollNamesQueue) {
            call.pollWait(basins[0].queue);
        }
        return basins[0].drops > 0 ? PollEvents.POLLIN : 0;
    }

    @Override
    public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call)
            throws ErrnoException {
        int number = command & 0xff;
        Basin basin = basins[number >> 2 & 3];
        Basin then = basins[number & 3];
        return switch (number >> 4) {
            case ASK -> Thread.currentThread().isInterrupted() ? 1 : 0;
            case INTERRUPT_ITSELF -> {
                Thread.currentThread().interrupt();
                yield 0;
            }
            case PARK -> parked(basin, call);
            case SLEEP -> basin.take() ? 0 : call.wouldBlock(basin.queue);
            case STUCK -> stuck(basin);
            case DEAF -> {
                ModelledJdk.awaitCondition("a drop, deaf", () -> basin.drops > 0);
                basin.take();
                yield 0;
            }
            case SLOW -> {
                if (ModelledJdk.awaitInterruptibly("time", () -> false, SLOW_NANOS)) {
                    throw new IllegalStateException("what never is has come");
                }
                yield 0;
            }
            case SLEEP_THEN_PARK ->
                    basin.drops == 0 ? call.wouldBlock(basin.queue) : parked(then, call);
            case SLEEP_THEN_STUCK -> basin.drops == 0 ? call.wouldBlock(basin.queue) : stuck(then);
            case PARK_THEN_SLEEP -> {
                call.await(basin.queue, () -> basin.drops > 0);
                yield then.take() ? 0 : call.wouldBlock(then.queue);
            }
            default -> throw Errno.ENOTTY.exception();
        };
    }

    private static int parked(Basin basin, Call call) throws ErrnoException {
        call.await(basin.queue, basin::take);
        return 0;
    }

    private static int stuck(Basin basin) throws ErrnoException {
        if (!ModelledJdk.awaitInterruptibly("a drop, stuck", () -> basin.drops > 0, 0)) {
            throw Errno.EINTR.exception();
        }
        basin.take();
        return 0;
    }
}
