package org.cdevgate.fuse.faults.attack;

import java.io.IOException;
import org.cdevgate.fuse.faults.server.AttackServer;

/** Many threads call a device whose ioctl takes some time without parking its thread. */
final class HeadOfLine implements Attack {
    private static final int THREADS = 40;

    private final int millis;

    HeadOfLine(int millis) {
        this.millis = millis;
    }

    @Override
    public String name() {
        return "head-of-line-" + millis + "ms";
    }

    @Override
    public Setup setup() {
        return Setup.of("slow=slow:" + millis);
    }

    @Override
    public void run(Field field) throws IOException, InterruptedException {
        field.attacker("ioctls", "slow", Integer.toString(THREADS), AttackServer.QUIET_IOCTL);
        field.goOn();
        field.probe();
    }
}
