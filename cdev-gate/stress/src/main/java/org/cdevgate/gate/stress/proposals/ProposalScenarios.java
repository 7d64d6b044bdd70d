package org.cdevgate.gate.stress.proposals;

import java.util.concurrent.atomic.AtomicBoolean;
import org.cdevgate.gate.stress.script.Outcome;
import org.cdevgate.gate.stress.script.Script;

/** What is asked of a proposal, and of the real gate. */
final class ProposalScenarios {
    private static final int MINOR = 10;
    private static final int OTHER_MINOR = 11;
    private static final String IN_READ = "in the driver's read";

    private ProposalScenarios() {}

    /** A second thread reads the same open file while the first one's read is being waited for. */
    static Outcome twoThreadsShareAFile(Cdev.Maker maker) {
        try (Script script = new Script()) {
            Cdev device = maker.register(MINOR, new StoppedDriver(script));
            Cdev.Descriptor file = device.open();
            script.actor("first reader", file::read);
            script.actor("second reader", file::read);
            remover(script, "remover", device);
            script.advance("first reader", IN_READ);
            script.finish("remover");
            script.finish("second reader");
            script.finish("first reader");
            if (script.endsInDeadlock()) {
                String who = script.whoWaits();
                script.interrupt("remover");
                return Outcome.broken(
                        "no call is inside, and the removal waits for one for ever: " + who);
            }
            return Outcome.kept("the removal ended with the last call");
        }
    }

    /** A read of one device sleeps while another device is removed. */
    static Outcome anotherDeviceSleeps(Cdev.Maker maker) {
        try (Script script = new Script()) {
            Cdev sleepy = maker.register(MINOR, new StoppedDriver(script));
            Cdev idle = maker.register(OTHER_MINOR, new Driver() {});
            script.actor("reader", sleepy.open()::read);
            remover(script, "remover", idle);
            remover(script, "end", sleepy);
            script.advance("reader", IN_READ);
            boolean heldUp = script.isHeldUp("remover");
            String who = script.whoWaits();
            script.finish("reader");
            script.finish("end");
            return heldUp
                    ? Outcome.broken(
                            "an idle device is not removed until another one's read ends: " + who)
                    : Outcome.kept("the idle device was removed while the other one's read slept");
        }
    }

    /** A device is removed, and another one gets its number; a file of the first is still open. */
    static Outcome numberIsUsedAgain(Cdev.Maker maker) {
        try (Script script = new Script()) {
            Cdev first = maker.register(MINOR, new Driver() {});
            Cdev.Descriptor old = first.open();
            AtomicBoolean reached = new AtomicBoolean();
            script.actor(
                    "device changes",
                    () -> {
                        first.remove();
                        Cdev second =
                                maker.register(
                                        MINOR,
                                        new Driver() {
                                            @Override
                                            public int read(Cdev device, Cdev.Descriptor file) {
                                                reached.set(true);
                                                return 0;
                                            }
                                        });
                        old.read();
                        second.remove();
                    });
            script.finish("device changes");
            script.end();
            return reached.get()
                    ? Outcome.broken("a file of the removed device reads from its successor")
                    : Outcome.kept("a file of the removed device stays dead");
        }
    }

    /** A read is inside while its device is removed. */
    static Outcome readInFlight(Cdev.Maker maker) {
        try (Script script = new Script()) {
            StoppedDriver driver = new StoppedDriver(script);
            Cdev device = maker.register(MINOR, driver);
            script.actor("reader", device.open()::read);
            remover(script, "remover", device);
            script.advance("reader", IN_READ);
            script.finish("remover");
            script.finish("reader");
            script.end();
            return driver.usedTooLate
                    ? Outcome.broken("a read used the device after its teardown")
                    : Outcome.kept("the removal waited for the read");
        }
    }

    /** A read sleeps until there is data or the device is being removed. */
    static Outcome sleeperAsksForTheFlag(Cdev.Maker maker) {
        try (Script script = new Script()) {
            SleepingDriver driver = new SleepingDriver();
            Cdev device = maker.register(MINOR, driver);
            script.actor("reader", device.open()::read);
            remover(script, "remover", device);
            script.finish("reader");
            script.finish("remover");
            if (script.endsInDeadlock()) {
                String who = script.whoWaits();
                driver.arrive(); // so that the threads end
                return Outcome.broken(
                        "a read was woken, saw no flag and slept on, and both wait for ever: "
                                + who);
            }
            return Outcome.kept("the read was woken, saw the flag and left");
        }
    }

    /** A new call comes while the removal waits for another one. */
    static Outcome newCallDuringTheDrain(Cdev.Maker maker) {
        try (Script script = new Script()) {
            Cdev device = maker.register(MINOR, new StoppedDriver(script));
            Cdev.Descriptor file = device.open();
            script.actor("reader", file::read);
            script.actor("newcomer", file::ioctl);
            remover(script, "remover", device);
            script.advance("reader", IN_READ);
            script.finish("remover");
            boolean heldUp = script.isHeldUp("newcomer");
            return heldUp
                    ? Outcome.broken(
                            "a new call waits for the call that the removal waits for: "
                                    + script.whoWaits())
                    : Outcome.kept("a new call failed at once");
        }
    }

    /** A read that the removal waits for calls ioctl of its own device. */
    static Outcome nestedCallDuringTheDrain(Cdev.Maker maker) {
        try (Script script = new Script()) {
            Cdev device =
                    maker.register(
                            MINOR,
                            new Driver() {
                                @Override
                                public int read(Cdev own, Cdev.Descriptor file) {
                                    script.at(IN_READ);
                                    file.ioctl();
                                    return 0;
                                }
                            });
            script.actor("reader", device.open()::read);
            remover(script, "remover", device);
            script.advance("reader", IN_READ);
            script.finish("remover");
            script.finish("reader");
            if (script.endsInDeadlock()) {
                String who = script.whoWaits();
                script.interrupt("reader");
                return Outcome.broken(
                        "a nested call waits for the remover, which waits for the call: " + who);
            }
            return Outcome.kept("the nested call failed at once and the removal ended");
        }
    }

    private static void remover(Script script, String name, Cdev device) {
        script.actor(
                name,
                () -> {
                    try {
                        device.remove();
                    } catch (InterruptedException e) {
                        // The scenario has seen enough and ends a wait that nothing else would.
                    }
                });
    }

    /** A driver whose read can be stopped, and looks then whether its device is still there. */
    private static final class StoppedDriver implements Driver {
        private final Script script;
        private volatile boolean tornDown;
        volatile boolean usedTooLate;

        StoppedDriver(Script script) {
            this.script = script;
        }

        @Override
        public int read(Cdev device, Cdev.Descriptor file) {
            script.at(IN_READ);
            usedTooLate |= tornDown;
            return 0;
        }

        @Override
        public void tearDown() {
            tornDown = true;
        }
    }

    /** A driver whose read sleeps on a condition of its own. */
    private static final class SleepingDriver implements Driver {
        private boolean data; // guarded by this

        @Override
        public synchronized int read(Cdev device, Cdev.Descriptor file)
                throws InterruptedException {
            while (!data && !device.isRemoving()) {
                wait();
            }
            return data ? 0 : Answers.ENODEV;
        }

        @Override
        public synchronized void wake() {
            notifyAll();
        }

        synchronized void arrive() {
            data = true;
            notifyAll();
        }
    }
}
