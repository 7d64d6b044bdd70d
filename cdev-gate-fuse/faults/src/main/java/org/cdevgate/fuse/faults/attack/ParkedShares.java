package org.cdevgate.fuse.faults.attack;

import java.io.IOException;

/** One user's calls park in one node, as many as may at all and more. */
final class ParkedShares implements Attack {
    private static final int PARKED = 64;

    @Override
    public String name() {
        return "shares";
    }

    @Override
    public Setup setup() {
        return Setup.of("parked:" + PARKED, "parking=parking");
    }

    @Override
    public void run(Field field) throws IOException, InterruptedException {
        field.attacker("sleepers", "parking", Integer.toString(2 * PARKED), "read", "1");
        field.goOn();
        field.probe();
    }
}
