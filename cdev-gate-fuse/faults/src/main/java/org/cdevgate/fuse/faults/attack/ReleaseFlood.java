package org.cdevgate.fuse.faults.attack;

import java.io.IOException;

/**
 * A process with very many open files ends: all are closed at once. The young generation is large,
 * so that what the bystander waits is the server's doing and not the garbage collector's.
 */
final class ReleaseFlood implements Attack {
    private static final int QUICK_FILES = 20_000;
    private static final int FILES = 120_000;

    @Override
    public String name() {
        return "release-flood";
    }

    @Override
    public Setup setup() {
        return Setup.of("many=complement").flags("-Xmx512m", "-Xms512m", "-Xmn400m");
    }

    @Override
    public void run(Field field) throws IOException, InterruptedException {
        int files = field.amount(QUICK_FILES, FILES);
        Attacker attacker = field.attacker("opens", "many", Integer.toString(files));
        if (!attacker.kill()) {
            field.violation(attacker + " does not end");
        }
        field.server().run("closed many");
    }
}
