package org.cdevgate.fuse.faults.attack;

import java.io.IOException;
import org.cdevgate.fuse.faults.server.AttackServer;

/**
 * The server sees no process of another user: /proc is mounted with hidepid=invisible, and it lacks
 * the right to look. Callers who get a signal live on, and their calls are answered by the driver.
 */
final class HiddenProcesses implements Attack {
    // By default the group 0 may look, and so may who has CAP_SYS_PTRACE.
    private static final String SCRIPT =
            "mount -t proc -o hidepid=invisible,gid=65534 proc /proc && "
                    + "exec setpriv --bounding-set -sys_ptrace --inh-caps -sys_ptrace \"$@\"";
    private static final int CALL_MILLIS = 60;

    @Override
    public String name() {
        return "hidepid";
    }

    @Override
    public Setup setup() {
        return Setup.of("deaf=deaf")
                .apart("unshare", "-m", "--propagation", "private", "sh", "-c", SCRIPT, "sh");
    }

    @Override
    public void run(Field field) throws IOException, InterruptedException {
        int calls = field.amount(15, 60);
        Attacker caller =
                field.attacker(
                        "signals",
                        "deaf",
                        Integer.toString(calls),
                        AttackServer.QUIET_IOCTL,
                        Integer.toString(CALL_MILLIS));
        if (!field.server().run("sees " + caller.pid()).equals("false")) {
            throw new IOException("the server sees processes of other users all the same");
        }
        String outcome = caller.await("done");
        if (!outcome.startsWith("0 of ")) {
            field.violation("calls of living callers: " + outcome);
        }
    }
}
