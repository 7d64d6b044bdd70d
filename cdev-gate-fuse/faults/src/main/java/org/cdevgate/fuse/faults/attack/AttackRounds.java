package org.cdevgate.fuse.faults.attack;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.cdevgate.fuse.faults.MountFolder;
import org.cdevgate.fuse.faults.ServingProcess;

/**
 * Runs attacks, one after the other. Each gets a server and a bystander; when it is over a new
 * client must be served, no call may be left, and server and mount must end. For one thread.
 */
public final class AttackRounds {
    /** The bystander's device. */
    static final String BYSTANDER = "bystander";

    private final Path programs;
    private final Path results;
    private final boolean thorough;
    private final List<Attack> attacks;
    private int next;
    private int violations;
    private long longestMillis = -1;
    private String longestAttack = "";

    /**
     * @param programs the folder of the compiled clients
     * @param results where the servers' log goes
     * @param thorough whether there is time for more than the quick mode's share
     * @param only the attack to run, empty for all
     * @throws IllegalArgumentException if there is none of that name; the message lists them
     */
    public AttackRounds(Path programs, Path results, boolean thorough, String only) {
        this.programs = programs;
        this.results = results;
        this.thorough = thorough;
        List<Attack> all =
                List.of(
                        new HeadOfLine(4),
                        new HeadOfLine(50),
                        new ReleaseFlood(),
                        new ParkedShares(),
                        new SmallHeap(),
                        new DeepStacks(),
                        new InterruptedThreads(),
                        new SlowPagesAttack(),
                        new HiddenProcesses(),
                        new SignalledMounts());
        this.attacks =
                all.stream().filter(each -> only.isEmpty() || each.name().equals(only)).toList();
        if (attacks.isEmpty()) {
            throw new IllegalArgumentException(
                    "no attack is named "
                            + only
                            + "; there are "
                            + all.stream().map(Attack::name).toList());
        }
    }

    /** Runs each once. */
    public void runAll() throws IOException, InterruptedException {
        for (Attack attack : attacks) {
            run(attack);
        }
    }

    /** Runs the one whose turn it is. */
    public void runNext() throws IOException, InterruptedException {
        run(attacks.get(next++ % attacks.size()));
    }

    /** How many violations there were. */
    public int violations() {
        return violations;
    }

    /** How long the bystander waited at most, and in which attack. */
    public String longestStall() {
        return "bystander: longest stall %d ms (%s)".formatted(longestMillis, longestAttack);
    }

    private void run(Attack attack) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        Path base = Files.createTempDirectory("cdev-gate-attack-").toRealPath();
        // Ordinary users come here.
        Files.setPosixFilePermissions(base, PosixFilePermissions.fromString("rwxr-xr-x"));
        MountFolder folder = new MountFolder(Files.createDirectory(base.resolve("dev")));
        Files.setPosixFilePermissions(folder.path(), PosixFilePermissions.fromString("rwxrwxrwx"));
        List<String> found = new ArrayList<>();
        String stall = "";
        try {
            stall = serve(attack, folder, found);
            if (folder.isMounted()) {
                found.add("the mount is still there");
            }
        } catch (IOException e) {
            found.add(text(e));
        } finally {
            folder.clear();
            Files.deleteIfExists(folder.path());
            Files.deleteIfExists(base);
        }
        violations += found.size();
        System.out.printf(
                "attack %s: %d violations in %.1f s%s%n",
                attack.name(), found.size(), (System.nanoTime() - begin) / 1e9, stall);
        for (String each : found) {
            System.out.println("VIOLATION in the attack " + attack.name() + ": " + each.strip());
        }
        if (!found.isEmpty()) {
            System.out.println("again: --attack " + attack.name());
        }
    }

    private String serve(Attack attack, MountFolder folder, List<String> found)
            throws IOException, InterruptedException {
        Setup setup = attack.setup();
        Field field =
                new Field(
                        programs.resolve("attacker").toString(),
                        setup.apart(),
                        thorough,
                        folder,
                        log(),
                        found);
        ServingProcess server = start(setup, folder);
        try {
            server.awaitReady();
            field.servedBy(server, programs.resolve("bystander").toString());
            Bystander bystander = Bystander.start(field.bystander());
            try {
                attack.run(field);
            } catch (IOException e) {
                found.add(text(e) + report(server));
            } finally {
                field.endAttackers();
                bystander.end(found::add);
            }
            if (bystander.stallMillis() > longestMillis) {
                longestMillis = bystander.stallMillis();
                longestAttack = attack.name();
            }
            int before = found.size();
            Bystander.probe(
                    field.bystander(), text -> found.add("a new client after the attack: " + text));
            if (found.size() > before) {
                found.add(report(server));
            }
            server.run("check");
            server.run("close");
            return ", " + bystander;
        } finally {
            found.addAll(server.takeViolations());
            end(server, folder);
        }
    }

    private ServingProcess start(Setup setup, MountFolder folder) throws IOException {
        return new ServingProcess(setup.command(folder.path()), log());
    }

    private Path log() {
        return results.resolve("attacks.log");
    }

    private static void end(ServingProcess server, MountFolder folder)
            throws IOException, InterruptedException {
        try {
            server.close();
        } finally {
            folder.clear(); // frees whatever still waits for this server
        }
    }

    private static String report(ServingProcess server) {
        try {
            return "\nthe server's report:\n" + server.run("report");
        } catch (IOException e) {
            return "\nthe server gives no report: " + e.getMessage();
        }
    }

    private static String text(IOException e) {
        StringWriter stack = new StringWriter();
        e.printStackTrace(new PrintWriter(stack, true));
        return stack.toString();
    }
}
