package org.cdevgate.gate.stress.workload;

/** What happens to the threads of a run from outside, and what keeps it going. */
public enum Disturbance implements Action {
    /**
     * Interrupts a thread, wherever it is: a signal. Spares a call whose device is being removed,
     * because the interrupt would hide that the removal does not wake it.
     */
    INTERRUPT {
        @Override
        public void run(StressWorker worker) {
            StressWorker target = worker.run().worker(worker.dice());
            Activity activity = target.activity();
            if (activity == null
                    || activity.kind() != Activity.Kind.CALL
                    || !activity.device().life().isRemovalCalled()) {
                target.interrupt();
                worker.run().counts().add("interrupt");
            }
            worker.pause();
        }
    },
    /** Runs requests again that slept without a thread, and answers those that were removed. */
    RUN_READY {
        @Override
        public void run(StressWorker worker) {
            Asleep ready = worker.run().ready().poll();
            if (ready != null) {
                ThreadlessCall.resume(ready, worker);
            }
        }
    },
    /** Waits a little. */
    PAUSE {
        @Override
        public void run(StressWorker worker) {
            worker.pause();
        }
    };
}
