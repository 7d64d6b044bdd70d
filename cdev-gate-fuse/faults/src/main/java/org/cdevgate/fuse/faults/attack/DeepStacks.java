package org.cdevgate.fuse.faults.attack;

import java.io.IOException;
import org.cdevgate.fuse.faults.server.AttackServer;

/**
 * A driver that recurses as deep as its caller says and sleeps there: at some depth the stack ends
 * in the midst of the library's own steps.
 */
final class DeepStacks implements Attack {
    // 512 KiB of stack hold some 3,000 to 12,000 frames, by compiler and JDK.
    private static final int FROM = 1500;
    private static final int TO = 12_500;

    @Override
    public String name() {
        return "deep-stacks";
    }

    @Override
    public Setup setup() {
        return Setup.of("deep=deep");
    }

    @Override
    public void run(Field field) throws IOException, InterruptedException {
        int step = field.amount(7, 1);
        field.attacker(
                        "depths",
                        "deep",
                        AttackServer.QUIET_IOCTL,
                        Integer.toString(FROM),
                        Integer.toString(TO),
                        Integer.toString(step))
                .await("done");
    }
}
