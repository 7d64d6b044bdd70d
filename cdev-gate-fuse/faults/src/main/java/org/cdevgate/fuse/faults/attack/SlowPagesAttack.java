package org.cdevgate.fuse.faults.attack;

import java.io.IOException;

/**
 * With events for inotify, a client writes to a seekable node from memory whose page does not come,
 * and that node is removed meanwhile: whoever makes the events must not hold the directory up.
 */
final class SlowPagesAttack implements Attack {
    @Override
    public String name() {
        return "slow-pages";
    }

    @Override
    public Setup setup() {
        return Setup.of("inotify", "disk=disk", "pages=pages");
    }

    @Override
    public void run(Field field) throws IOException, InterruptedException {
        Attacker writer = field.attacker("slow-write", "disk", field.node("pages"));
        field.server().run("touched pages"); // it waits for its page
        field.server().run("remove disk");
        field.goOn();
        field.probe();
        // The page's own device goes: the write ends.
        field.server().run("remove pages");
        writer.await("done");
    }
}
