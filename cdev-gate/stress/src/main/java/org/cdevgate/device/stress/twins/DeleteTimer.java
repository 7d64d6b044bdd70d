package org.cdevgate.device.stress.twins;

import java.util.Timer;
import java.util.TimerTask;

/**
 * <b>Broken</b>: del_timer(), without _sync. A timer that is set is taken back; for one whose
 * function runs nobody waits, as with {@link TimerTask#cancel} in Java.
 */
final class DeleteTimer implements FunctionCaller {
    private final Timer wheel = new Timer("broken-timer", true);
    private final TimerTask timer;

    DeleteTimer(Runnable function) {
        timer =
                new TimerTask() {
                    @Override
                    public void run() {
                        function.run();
                    }
                };
    }

    @Override
    public void fire() {
        wheel.schedule(timer, 0);
    }

    @Override
    public void stop() {
        timer.cancel();
        wheel.cancel(); // so that its thread ends
    }
}
