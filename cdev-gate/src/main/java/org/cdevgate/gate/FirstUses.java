package org.cdevgate.gate;

import java.util.List;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.gate.accounting.CallFrame;
import org.cdevgate.gate.accounting.CallRecord;
import org.cdevgate.gate.accounting.CallRecords;
import org.cdevgate.gate.accounting.CallScan;
import org.cdevgate.gate.accounting.GateRef;
import org.cdevgate.gate.accounting.LeftOutCalls;
import org.cdevgate.gate.accounting.PublishedCall;
import org.cdevgate.gate.calls.CallInFlight;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.diagnostics.DiagnosticLevel;
import org.cdevgate.gate.diagnostics.RemovalPhase;
import org.cdevgate.gate.diagnostics.RemovalTimeline;
import org.cdevgate.gate.diagnostics.internal.TimelineRecorder;
import org.cdevgate.gate.front.Caller;
import org.cdevgate.gate.front.PollWatcher;
import org.cdevgate.gate.front.RequestSleeper;
import org.cdevgate.gate.removal.RemovalOutcome;
import org.cdevgate.gate.removal.RemovalProfile;
import org.cdevgate.gate.removal.RemovalReport;
import org.cdevgate.gate.removal.SelfRemoval;
import org.cdevgate.gate.sides.CallerSide;
import org.cdevgate.gate.sides.RequestSide;
import org.cdevgate.gate.sides.Sleeper;
import org.cdevgate.gate.sides.WatcherSide;
import org.cdevgate.internal.LazySet;
import org.cdevgate.internal.Reports;
import org.cdevgate.internal.StackRoom;
import org.cdevgate.internal.Waits;

/**
 * Initializes what calls and removals use, when the first gate is made. A class whose first use is
 * at the end of a stack, or without memory, would fail to initialize, and for good: each removal
 * that came later would find it broken.
 */
final class FirstUses {
    /** Not the events of the Flight Recorder: that would load its machinery. */
    private static final List<Class<?>> CLASSES =
            List.of(
                    Errno.class,
                    PollEvents.class,
                    DiagnosticLevel.class,
                    RemovalPhase.class,
                    RemovalTimeline.class,
                    TimelineRecorder.class,
                    LazySet.class,
                    Reports.class,
                    StackRoom.class,
                    Waits.class,
                    BlockedRun.class,
                    Call.class,
                    CallFrame.class,
                    Frame.class,
                    PublishedCall.class,
                    LeftOutCalls.class,
                    ParkedSleep.class,
                    CallInFlight.class,
                    CallRecord.class,
                    CallRecords.class,
                    CallScan.class,
                    Blocking.class,
                    GateChildren.class,
                    GateQueues.class,
                    OpenFiles.class,
                    Verbs.class,
                    Caller.class,
                    CallerSide.class,
                    CancelCallback.class,
                    CancelCallbacks.class,
                    Drain.class,
                    Faults.class,
                    GateRef.class,
                    GateWaiters.class,
                    Guard.class,
                    Hold.class,
                    HoldTable.class,
                    LocalRequest.class,
                    OpenFile.class,
                    OpenFile.Claim.class,
                    ParkedSleeper.class,
                    PollWatcher.class,
                    RequestSide.class,
                    RequestSleeper.class,
                    Sides.class,
                    Sleeper.class,
                    WatcherSide.class,
                    Removal.class,
                    RemovalLog.class,
                    Teardown.class,
                    Teardown.End.class,
                    RemovalOutcome.class,
                    RemovalOutcome.Ending.class,
                    RemovalProfile.class,
                    RemovalReport.class,
                    RemovalRun.class,
                    RemovalTrace.class,
                    Removals.class,
                    Snapshots.class,
                    SelfRemoval.class,
                    SleepTimer.class,
                    UnreadQueue.class,
                    Verb.class,
                    WaitQueue.class,
                    WaitQueue.Outcome.class,
                    WakeHookRunner.class);

    /** Those that switch over an enum, whose table javac puts into a class of its own. */
    static final List<Class<?>> SWITCHING =
            List.of(Verbs.class, Blocking.class, LocalRequest.class, Removals.class);

    private FirstUses() {}

    static void prepare() {
        ClassLoader loader = FirstUses.class.getClassLoader();
        for (Class<?> each : CLASSES) {
            initialize(each.getName(), loader);
        }
        for (Class<?> each : SWITCHING) {
            initialize(each.getName() + "$1", loader);
        }
    }

    private static void initialize(String name, ClassLoader loader) {
        try {
            Class.forName(name, true, loader);
        } catch (ClassNotFoundException e) {
            throw new LinkageError(name + " is there and cannot be found", e);
        }
    }
}
