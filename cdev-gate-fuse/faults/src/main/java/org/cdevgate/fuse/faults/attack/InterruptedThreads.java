package org.cdevgate.fuse.faults.attack;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Code in the server's process interrupts all of its threads, again and again: pollers must still
 * hear, and no thread may run without end for nothing.
 */
final class InterruptedThreads implements Attack {
    private static final int TIMES = 200;
    private static final int POLLHUP_AND_POLLERR = 0x18;

    @Override
    public String name() {
        return "interrupts";
    }

    @Override
    public Setup setup() {
        return Setup.of("parking=parking", "polled=parking");
    }

    @Override
    public void run(Field field) throws IOException, InterruptedException {
        Attacker poller = field.attacker("poll", "polled");
        field.attacker("sleepers", "parking", "4", "read", "1");
        field.server().run("interrupt " + TIMES);
        field.server().run("remove polled");
        int events = Integer.parseInt(poller.await("done revents"));
        if ((events & POLLHUP_AND_POLLERR) != POLLHUP_AND_POLLERR) {
            field.violation("a poll of a removed device has the events " + events);
        }
        spins(field);
    }

    /** A thread that never sleeps has as much processor time as it can get. */
    private static void spins(Field field) throws IOException, InterruptedException {
        Map<String, Long> before = LibraryThreads.processorMillis(field.server().pid());
        long begin = System.nanoTime();
        field.goOn();
        long elapsed = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
        LibraryThreads.processorMillis(field.server().pid())
                .forEach(
                        (thread, millis) -> {
                            long used = millis - before.getOrDefault(thread, millis);
                            // Not the bystander's reader: that thread works, and may spin.
                            if (thread.endsWith("monito") && used > elapsed / 2) {
                                field.violation(thread + " ran " + used + " of " + elapsed + " ms");
                            }
                        });
    }
}
