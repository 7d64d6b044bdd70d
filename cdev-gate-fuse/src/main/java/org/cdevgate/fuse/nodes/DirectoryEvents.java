package org.cdevgate.fuse.nodes;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.cdevgate.fuse.inotify.HelperShell;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets inotify watchers see names come and go: tells a helper process, one batch after the other,
 * which names to make and to take away through the mount, and {@link HelperView} lets it believe
 * that it did. A thread of its own does so, in the order in which the names came and went; whoever
 * registers or removes only queues. No event changes what is there.
 */
final class DirectoryEvents implements NodeTree.Watcher, Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryEvents.class);

    /** Names that wait at most; more come only if the helper hangs, and are lost to watchers. */
    private static final int MAX_WAITING = 100_000;

    // One command line takes them: below what a pipe holds, also with each byte quoted.
    private static final int MAX_NAMES = 64;
    private static final int MAX_NAME_BYTES = 8192;

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int MAX_FAILURES = 3;
    private static final int MAX_INTERRUPTS = 100; // by others than stop(), of one batch

    private final HelperShell helper;
    private final String proof = ".cdev-gate-" + UUID.randomUUID();
    private final HelperView view;
    private final Path mountPoint;
    private final LinkedBlockingQueue<Event> queue = new LinkedBlockingQueue<>(MAX_WAITING);
    private final Thread thread;
    private volatile boolean overflowed;
    private volatile boolean stopped;

    // Of the thread only.
    private int failures;
    private boolean failureTold;
    private boolean overflowTold;

    private record Event(boolean appear, List<Directory> way, Node node) {
        /** Whether both are done by one command. */
        boolean isLike(Event other) {
            return appear == other.appear
                    && (node instanceof Directory) == (other.node instanceof Directory)
                    && directory() == other.directory();
        }

        private @Nullable Directory directory() {
            return way.isEmpty() ? null : way.get(way.size() - 1);
        }
    }

    /**
     * @param mountPoint where the helper finds the mount
     * @param name for the thread
     */
    DirectoryEvents(NodeTree tree, Path mountPoint, String name) {
        this.mountPoint = mountPoint;
        this.helper = new HelperShell(mountPoint);
        this.view = new HelperView(tree, helper::pid, proof);
        this.thread = new Thread(null, this, name + "-inotify", 0, false);
        thread.setDaemon(true);
    }

    HelperView view() {
        return view;
    }

    void start() {
        thread.start();
    }

    /** No more events; the helper ends. Does not wait. */
    void stop() {
        stopped = true;
        thread.interrupt();
    }

    /** Waits until the helper has ended, for a limited time. */
    void awaitEnd(Duration limit) {
        boolean interrupted = false;
        long deadline = System.nanoTime() + limit.toNanos();
        for (long left; thread.isAlive() && (left = deadline - System.nanoTime()) > 0; ) {
            try {
                thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(left)));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void appeared(List<Directory> way, Node node) {
        add(new Event(true, way, node));
    }

    @Override
    public void vanished(List<Directory> way, Node node) {
        add(new Event(false, way, node));
    }

    private void add(Event event) {
        if (!stopped && !queue.offer(event)) {
            overflowed = true; // said by the thread: a log that is slow must not hold the tree
        }
    }

    @Override
    public void run() {
        try {
            while (!stopped) {
                deliverNext();
            }
            LOG.debug("{}: no more inotify events", mountPoint);
        } finally {
            queue.clear();
            helper.close();
        }
    }

    /** Nothing ends the thread but a stop: an interrupt or an Error costs these events at most. */
    private void deliverNext() {
        Throwable failure = null;
        try {
            deliver(nextBatch(queue.take()));
            if (overflowed && !overflowTold) {
                overflowTold = true;
                LOG.warn(
                        "{}: {} inotify events waited at a time; watchers missed others",
                        mountPoint,
                        MAX_WAITING);
            }
        } catch (InterruptedException e) {
            return;
        } catch (Throwable e) {
            failure = e;
        }
        if (failure != null) {
            tellSafely(failure);
        }
    }

    private void tellSafely(Throwable failure) {
        try {
            LOG.error("{}: inotify events were lost; going on", mountPoint, failure);
        } catch (Throwable e) {
            failureTold = false; // the next one is told, where this one could not be
        }
    }

    private HelperView.Batch nextBatch(Event first) {
        Map<String, Node> nodes = new LinkedHashMap<>();
        nodes.put(first.node.name, first.node);
        int bytes = first.node.nameBytes.length;
        for (Event next = queue.peek(); next != null; next = queue.peek()) {
            bytes += next.node.nameBytes.length;
            if (nodes.size() == MAX_NAMES
                    || bytes > MAX_NAME_BYTES
                    || !next.isLike(first)
                    || nodes.containsKey(next.node.name)) {
                break;
            }
            nodes.put(next.node.name, next.node);
            queue.remove();
        }
        return new HelperView.Batch(
                first.appear, first.node instanceof Directory, first.way, nodes);
    }

    /** Has the helper do it; what is left when the helper dies is done by the next one, once. */
    private void deliver(HelperView.Batch batch) throws InterruptedException {
        view.begin(batch);
        try {
            int tries = 0;
            int interrupts = 0;
            while (tries < 2 && failures < MAX_FAILURES) {
                try {
                    if (attempt(batch)) {
                        return;
                    }
                    tries++;
                } catch (InterruptedException e) {
                    Thread.interrupted(); // the helper's end may have set it again
                    interrupts++;
                    if (stopped || interrupts > MAX_INTERRUPTS) {
                        throw e;
                    }
                }
            }
        } finally {
            view.end();
        }
    }

    private boolean attempt(HelperView.Batch batch) throws InterruptedException {
        try {
            HelperShell.Result result = helper.run(script(batch), LIMIT);
            failures = 0;
            if (result.exit() != 0) {
                tell("inotify events were lost: " + result.output());
            }
            return true;
        } catch (IOException e) {
            failures++;
            if (stopped) {
                throw new InterruptedException("stopped");
            }
            if (failures < MAX_FAILURES) {
                tell("inotify events are made by another helper now: " + e.getMessage());
            } else {
                stopped = true;
                LOG.error(
                        "{}: no more inotify events, its helper failed {} times; is there a"
                                + " /bin/sh, and may this process start it?",
                        mountPoint,
                        failures,
                        e);
            }
            return batch.done().size() == batch.nodes().size();
        }
    }

    private void tell(String what) {
        if (failureTold) {
            LOG.debug("{}: {}", mountPoint, what);
        } else {
            failureTold = true; // the first says it all
            LOG.warn("{}: {}", mountPoint, what);
        }
    }

    /**
     * Works in the directory itself, having made sure that it is this mount's: a name must never be
     * made in, or removed from, a folder below or above it in the mount table. Leaves it at the
     * end, so that the mount can be unmounted.
     *
     * <p>The shell looks thrice at what is to be taken away, for {@link HelperView}: at the third
     * look the kernel lets go of the node that it saw before, without a lock of the directory,
     * which rm would hold.
     */
    private String script(HelperView.Batch batch) {
        StringBuilder script = new StringBuilder("cd -P \"$1\"");
        for (Directory directory : batch.way()) {
            script.append('/').append(HelperShell.word(directory.nameBytes));
        }
        script.append(" && if test -L ./").append(proof).append("; then set -- \"$1\"");
        batch.nodes()
                .forEach(
                        (name, node) -> {
                            if (!batch.done().contains(name)) {
                                script.append(' ').append(HelperShell.word(node.nameBytes));
                            }
                        });
        script.append("; mount=$1; shift; ");
        if (batch.appear()) {
            script.append(batch.directories() ? "mkdir -- \"$@\"" : "ln -s -- \"$@\" .");
        } else {
            script.append("for name do for look in 1 2 3; do test -L \"./$name\"; done; done; ");
            script.append(batch.directories() ? "rmdir" : "rm -f").append(" -- \"$@\"");
        }
        script.append("; set -- \"$mount\" $?");
        script.append("; else echo \"$1 leads to another file system\"; set -- \"$1\" 1; fi");
        return script.append(" || set -- \"$1\" 1; cd /; test \"$2\" = 0").toString();
    }
}
