package org.cdevgate.fuse.faults.attack;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.cdevgate.fuse.faults.Limits;
import org.cdevgate.fuse.faults.MountFolder;
import org.cdevgate.fuse.faults.ServingProcess;

/** Where an attack takes place: its server, its clients, what was found. For one thread. */
final class Field {
    private static final String NOBODY = "65534";
    private static final long QUICK_NANOS = 1_500_000_000L;
    private static final long LONG_NANOS = 4_000_000_000L;

    private final String program;
    private final boolean apart;
    private final boolean thorough;
    private final MountFolder folder;
    private final Path log;
    private final List<String> violations;
    private final List<Attacker> attackers = new ArrayList<>();
    private ServingProcess server;
    private List<String> bystander;

    /**
     * @param program the attacker
     * @param apart whether the server has a mount namespace of its own
     * @param thorough whether there is time for more than the quick mode's share
     */
    Field(
            String program,
            boolean apart,
            boolean thorough,
            MountFolder folder,
            Path log,
            List<String> violations) {
        this.program = program;
        this.apart = apart;
        this.thorough = thorough;
        this.folder = folder;
        this.log = log;
        this.violations = violations;
    }

    /** Tells of the server, when it serves. */
    void servedBy(ServingProcess process, String bystanderProgram) {
        server = process;
        bystander = command(bystanderProgram, node(AttackRounds.BYSTANDER));
    }

    /** The command of a bystander. */
    List<String> bystander() {
        return bystander;
    }

    /** A client's command, as it has to be to get to the mount. */
    List<String> command(String... words) {
        List<String> command = new ArrayList<>();
        if (apart) {
            command.addAll(List.of("nsenter", "-t", Long.toString(server.pid()), "-m"));
        }
        command.addAll(List.of(words));
        return command;
    }

    ServingProcess server() {
        return server;
    }

    MountFolder folder() {
        return folder;
    }

    /** Where the log of a further server goes. */
    Path log() {
        return log;
    }

    /** Where a device's node is; not to be touched by this process. */
    String node(String name) {
        return folder.path() + "/" + name;
    }

    /** One of two numbers, by how much time there is. */
    int amount(int quick, int more) {
        return thorough ? more : quick;
    }

    void violation(String text) {
        violations.add(text);
    }

    /** Starts an attacker as an ordinary user; returns when it has begun. */
    Attacker attacker(String way, String node, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = command(program, NOBODY, way, node(node));
        command.addAll(List.of(arguments));
        Attacker attacker = new Attacker(command);
        attackers.add(attacker);
        attacker.awaitReady();
        return attacker;
    }

    /** Lets the attack go on for its share of the time. */
    void goOn() {
        LockSupport.parkNanos(thorough ? LONG_NANOS : QUICK_NANOS);
    }

    /** A new client on the bystander's device must be served while the attack goes on. */
    void probe() throws IOException, InterruptedException {
        Bystander.probe(bystander, text -> violation("a new client during the attack: " + text));
    }

    /** Kills what attackers are left. */
    void endAttackers() throws InterruptedException {
        for (Attacker attacker : attackers) {
            if (!attacker.kill()) {
                violation(
                        "SIGKILL does not end "
                                + attacker
                                + " (pid "
                                + attacker.pid()
                                + ") within "
                                + Limits.ANSWER.toSeconds()
                                + " s");
            }
        }
        attackers.clear();
    }
}
