package org.cdevgate.gate.stress.oracle;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.calls.Verb;

/**
 * What the oracle knows of one device, told by the driver's side ({@link WatchedDriver}, the
 * teardown, {@link Resource}s) and by the removers:
 *
 * <pre>
 *   MADE ──registered()──▶ ALIVE ──teardownBegins()──▶ TEARING_DOWN ──teardownEnds()──▶ FREED
 *   at the first removerReturned() it is over
 * </pre>
 *
 * Verbs may run while it is ALIVE and not over only. A verb looks at its beginning and at its end,
 * so one that overlaps with the teardown is seen, however short the teardown is. Only a driver that
 * chose late release may have its releases after that. Safe for any thread.
 */
public final class DeviceLife {
    private enum Stage {
        MADE,
        ALIVE,
        TEARING_DOWN,
        FREED
    }

    private final String name;
    private final Findings findings;
    private final Tally tally;
    private final Set<OpenFile> open = ConcurrentHashMap.newKeySet();
    private final Set<Thread> leftOut = ConcurrentHashMap.newKeySet();
    private final Set<OpenFile> releasedLate = ConcurrentHashMap.newKeySet();
    private final Set<DeviceLife> children = ConcurrentHashMap.newKeySet();
    private final Set<Resource> resources = ConcurrentHashMap.newKeySet();

    private final AtomicInteger teardowns = new AtomicInteger();
    private final AtomicInteger removers = new AtomicInteger();
    private final AtomicInteger told = new AtomicInteger();
    private volatile boolean releasesLate;
    private volatile boolean untold;
    private volatile boolean over;
    private volatile Stage stage = Stage.MADE;
    private volatile boolean removalCalled;
    private volatile long removalCalledAt;

    /**
     * @param threads of the run, numbered by {@link Lane}
     */
    public DeviceLife(String name, int threads, Findings findings) {
        this.name = name;
        this.findings = findings;
        this.tally = new Tally(threads);
    }

    /** The device's name. */
    public String name() {
        return name;
    }

    /** Where findings go. */
    public Findings findings() {
        return findings;
    }

    // the device

    /**
     * The driver chose late release: a release that begins after the removal has begun belongs to
     * the last close, and no remover does it or waits for it. Said before the registration.
     */
    public void releasesLate() {
        releasesLate = true;
    }

    /** Whether a close must have released its file, though the removal has begun. */
    public boolean isReleasedByCloseOnly() {
        return releasesLate;
    }

    /** Callers can reach the device from now on, unless the removal of its parent was quicker. */
    public void registered() {
        synchronized (children) {
            if (stage == Stage.MADE) {
                stage = Stage.ALIVE;
            }
        }
    }

    /** The device's gate is now a child of the other's, and no caller can reach it yet. */
    public void childOf(DeviceLife parent) {
        // Either the parent's remover sees the child, or this the parent's removal.
        parent.children.add(this);
        if (parent.removalCalled) {
            removalDeferred();
        }
        Stage above = parent.stage;
        if (above == Stage.TEARING_DOWN || above == Stage.FREED) {
            parent.checkTornDownBefore(this);
        }
    }

    private void checkTornDownBefore(DeviceLife child) {
        Stage below = child.stage;
        if (below != Stage.FREED) {
            findings.report(
                    Finding.Kind.TEARDOWN_ORDER,
                    name,
                    name + " was torn down when its child " + child.name + " was " + below);
        }
    }

    /** The first of the device's teardown callbacks. */
    public void teardownBegins() {
        if (teardowns.incrementAndGet() > 1) {
            findings.report(
                    Finding.Kind.TEARDOWN_NOT_ONCE, name, name + " was torn down more than once");
        }
        synchronized (children) {
            stage = Stage.TEARING_DOWN;
        }
        children.forEach(this::checkTornDownBefore);
    }

    /** The last of the device's teardown callbacks. */
    public void teardownEnds() {
        stage = Stage.FREED;
    }

    void owns(Resource resource) {
        resources.add(resource);
    }

    void freed(Resource resource) {
        resources.remove(resource);
    }

    // its verbs

    void began(Verb verb, OpenFile file) {
        // One that began before the removal was called is in flight like any other verb.
        if (releasesLate && verb == Verb.RELEASE && removalCalled) {
            releasedLate.add(file);
            return;
        }
        tally.began(verb);
        checkAlive(verb, "began");
        checkFile(verb, file);
    }

    void ended(Verb verb, OpenFile file) {
        // The thread of a call that was left out may release files before the call returns.
        if (verb != Verb.RELEASE && !leftOut.isEmpty() && leftOut.remove(Thread.currentThread())) {
            return;
        }
        if (verb == Verb.RELEASE && releasedLate.remove(file)) {
            return;
        }
        checkAlive(verb, "ended");
        checkFile(verb, file);
        tally.ended(verb);
    }

    private void checkAlive(Verb verb, String moment) {
        Stage now = stage;
        if (now != Stage.ALIVE || over) {
            Throwable here = new Throwable();
            findings.report(
                    Finding.Kind.OUTSIDE_LIFE,
                    verb.toString(),
                    verb
                            + " of "
                            + name
                            + " "
                            + moment
                            + " when the device was "
                            + now
                            + (over ? " and its remover had returned" : "")
                            + (verb == Verb.RELEASE && !releasesLate
                                    ? "; a driver with late release says so by lateRelease() of"
                                            + " its bench"
                                    : ""),
                    () -> Stacks.of(Thread.currentThread().getName(), here));
        }
    }

    private void checkFile(Verb verb, OpenFile file) {
        if (verb != Verb.OPEN && verb != Verb.RELEASE && !open.contains(file)) {
            findings.report(
                    Finding.Kind.RELEASE_NOT_ONCE,
                    verb.toString(),
                    verb + " of " + name + " ran on a file that was not open or was released");
        }
    }

    /**
     * The verb that runs on this thread asks to be left out of the count: to a removal it has ended
     * now, and what is left of it is no concern of the oracle's. This thread must be inside no
     * other verb of the device.
     */
    public void leavesOut(Verb verb) {
        tally.ended(verb);
        leftOut.add(Thread.currentThread());
    }

    void opened(OpenFile file) {
        open.add(file);
    }

    void releasing(OpenFile file) {
        // All other verbs of the file have ended.
        for (String where : KeptCalls.in(file.privateData(Object.class))) {
            callKept(where);
        }
        if (!open.remove(file)) {
            Throwable here = new Throwable();
            findings.report(
                    Finding.Kind.RELEASE_NOT_ONCE,
                    "release",
                    "a file of " + name + " was released twice, or without having been opened",
                    () -> Stacks.of(Thread.currentThread().getName(), here));
        }
    }

    /** Whether an open of this file succeeded and its release has not begun. */
    public boolean isOpen(OpenFile file) {
        return open.contains(file);
    }

    // its removers

    /** A remover is about to flag the gate or to wait for it. */
    public void removerCalls() {
        removers.incrementAndGet();
        removalBegins();
    }

    /** A removal is about to begin that ends on a thread of the library's, told to nobody. */
    public void removalDeferred() {
        untold = true;
        removalBegins();
    }

    /** A removal is about to begin. */
    public void removalBegins() {
        if (!removalCalled) {
            removalCalledAt = System.nanoTime();
            removalCalled = true;
        }
        children.forEach(DeviceLife::removalDeferred);
    }

    /** Whether some remover has begun; callers get ENODEV from then on, never before. */
    public boolean isRemovalCalled() {
        return removalCalled;
    }

    /**
     * {@link System#nanoTime()} of the first remover; meaningful after {@link #isRemovalCalled}.
     */
    public long removalCalledAt() {
        return removalCalledAt;
    }

    /** A remover has returned from a wait that does not tell whether it did the teardown. */
    public void removerReturned() {
        untold = true;
        judgeReturn();
        removers.decrementAndGet();
    }

    /**
     * A remover has returned: everything must have ended.
     *
     * @param didIt what it was told
     */
    public void removerReturned(boolean didIt) {
        if (didIt) {
            told.incrementAndGet();
        }
        judgeReturn();
        int tellings = told.get();
        boolean last = removers.decrementAndGet() == 0;
        if (tellings > 1 || (last && tellings == 0 && !untold)) {
            findings.report(
                    Finding.Kind.TOLD_NOT_ONCE,
                    name,
                    tellings + " removers of " + name + " were told that they did the teardown");
        }
    }

    /** A remover of the parent has returned: it has removed this device too. */
    public void parentRemoverReturned() {
        judgeReturn();
    }

    private void judgeReturn() {
        Stage now = stage;
        if (now != Stage.FREED) {
            early("teardown", "the device was " + now);
        }
        over = true;
        String unbalanced = tally.unbalanced();
        if (!unbalanced.isEmpty()) {
            early("verbs", unbalanced);
        }
        int unreleased = open.size();
        if (unreleased > 0 && !releasesLate) {
            findings.report(
                    Finding.Kind.RELEASE_NOT_ONCE,
                    "removal",
                    unreleased + " open files of " + name + " were not released by its removal");
        }
        reportLost();
    }

    private void reportLost() {
        for (Resource lost : resources) {
            findings.report(
                    Finding.Kind.LOST,
                    lost.name(),
                    lost.name() + " of " + name + " was not freed when the removal returned",
                    () -> Stacks.of("made", lost.made()));
        }
        resources.clear(); // reported once
    }

    /**
     * At the end of everything, when no verb runs any more and all files are closed: whether each
     * was released, late or not. For a device that was removed by whoever, told or not.
     */
    public void end() {
        String unbalanced = tally.unbalanced();
        if (!unbalanced.isEmpty()) {
            early("the end", unbalanced);
        }
        if (!open.isEmpty()) {
            findings.report(
                    Finding.Kind.RELEASE_NOT_ONCE,
                    "the end",
                    open.size() + " open files of " + name + " were never released");
        }
        reportLost();
    }

    private void early(String subject, String why) {
        Throwable here = new Throwable();
        findings.report(
                Finding.Kind.EARLY_RETURN,
                subject,
                "a remover of " + name + " returned too early: " + why,
                () -> Stacks.of(Thread.currentThread().getName(), here));
    }

    /** Whether a remover has returned: from then on callers get the removal's answer at once. */
    public boolean isOver() {
        return over;
    }

    /** Whether the teardown has not begun: the device may be used inside a bound. */
    public boolean isAlive() {
        return stage == Stage.ALIVE;
    }

    /** Verbs that began, without late releases; exact once {@link #isOver}. */
    public long calls() {
        return tally.calls();
    }

    /** How often one verb began, without late releases; exact once {@link #isOver}. */
    public long calls(Verb verb) {
        return tally.calls(verb);
    }

    /** The driver, when a remover has returned: what it keeps of a call that has ended. */
    public void checkKept(Object driver) {
        for (String where : KeptCalls.in(driver)) {
            callKept(where);
        }
    }

    private void callKept(String where) {
        findings.report(
                Finding.Kind.CALL_KEPT,
                where,
                name
                        + " keeps a Call after its verb has returned: "
                        + where
                        + "; it is used again for the next call of that thread, so copy what is"
                        + " needed of it");
    }
}
