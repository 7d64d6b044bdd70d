package org.cdevgate.fuse.nodes;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.cdevgate.gate.FopsGate;
import org.jspecify.annotations.Nullable;

/**
 * Asks drivers how large their devices are, on threads of its own, and does not wait for long: the
 * kernel asks for the attributes of a node with the directory's lock held at times (link(2) checks
 * the permissions of what it links to), and then every look-up in the directory waits for the
 * answer. Who asks of a device that does not answer gets what it said last.
 *
 * <p>Whoever only looks a name up asks no driver at all: LOOKUP tells what the kernel knows
 * already, and the kernel asks for the attributes by itself before it opens or shows a node.
 */
final class SizeQuestions {
    // Met once: then the device counts as slow.
    private static final long PATIENCE = TimeUnit.MILLISECONDS.toNanos(500);

    // Nothing is known yet, and what has no size seems empty: a page of a mapping beyond it is
    // SIGBUS. So long enough also for a machine on which no thread gets a processor for a while.
    private static final long PATIENCE_AT_FIRST = TimeUnit.SECONDS.toNanos(5);
    private static final long PATIENCE_WITH_SLOW = TimeUnit.MILLISECONDS.toNanos(10);

    private final ThreadPoolExecutor threads;

    /**
     * @param name of the threads
     */
    SizeQuestions(String name) {
        threads =
                new ThreadPoolExecutor(
                        0,
                        Integer.MAX_VALUE,
                        1,
                        TimeUnit.SECONDS,
                        new SynchronousQueue<>(),
                        task -> {
                            Thread thread = new Thread(null, task, name, 0, false);
                            thread.setDaemon(true);
                            return thread;
                        });
    }

    /**
     * Asks for the size of a device that is about to have a node, so that the first look-up of that
     * tells it: the kernel takes what it is told by several at once in any order, and where a
     * look-up that knows nothing comes last the node seems empty to all of them.
     *
     * @return the question, answered or not; null if it was not asked
     */
    @Nullable SizeQuestion askFirst(FopsGate gate) {
        if (!gate.front().hasSize()) {
            return null;
        }
        SizeQuestion question = new SizeQuestion(gate);
        if (!begin(question)) {
            return null;
        }
        awaitInTime(question, PATIENCE_AT_FIRST);
        return question;
    }

    /** Has the device's size asked for, and waits for the answer for a limited time. */
    void ask(Device device) {
        if (!device.gate.front().hasSize()) {
            return;
        }
        if (device.gate.isRemoving()) {
            device.sizeIs(0, device.nextQuestion());
            return;
        }
        SizeQuestion unanswered = device.unanswered;
        if (unanswered != null && !unanswered.isAnswered()) {
            return; // one thread in a driver that does not answer is enough
        }
        SizeQuestion question = new SizeQuestion(device.gate);
        question.isOf(device);
        if (!begin(question)) {
            return; // what is known is the answer
        }
        if (!awaitInTime(question, patienceWith(device, unanswered))) {
            device.unanswered = question; // after a signal too: its thread stays in the driver
        } else if (device.unanswered == unanswered) {
            device.unanswered = null; // and not another's that came beside this one
        }
    }

    /** False if the mount has ended, or there is no thread. */
    private boolean begin(SizeQuestion question) {
        try {
            threads.execute(question);
            return true;
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            return false;
        }
    }

    private static boolean awaitInTime(SizeQuestion question, long nanos) {
        try {
            return question.await(nanos);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the caller has a signal, and gets what is known
            return false;
        }
    }

    private static long patienceWith(Device device, @Nullable SizeQuestion unanswered) {
        if (unanswered != null) {
            return PATIENCE_WITH_SLOW;
        }
        return device.hasSaidItsSize() ? PATIENCE : PATIENCE_AT_FIRST;
    }

    /** No more questions; drivers that are being asked are interrupted. */
    void end() {
        threads.shutdownNow();
    }
}
