package org.cdevgate.fuse.faults.attack;

import java.io.IOException;

/** Writes that sleep without a thread hold more bytes than the server's heap has. */
final class SmallHeap implements Attack {
    private static final int THREADS = 100;
    private static final int BYTES = 1 << 20;

    @Override
    public String name() {
        return "small-heap";
    }

    @Override
    public Setup setup() {
        return Setup.of("mailbox=mailbox").flags("-Xmx64m");
    }

    @Override
    public void run(Field field) throws IOException, InterruptedException {
        field.attacker(
                "sleepers", "mailbox", Integer.toString(THREADS), "write", Integer.toString(BYTES));
        field.goOn();
        field.probe();
    }
}
