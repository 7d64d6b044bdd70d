package org.cdevgate.fuse.faults.attack;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.cdevgate.fuse.faults.ServingProcess;
import org.cdevgate.fuse.faults.server.AttackServer;

/**
 * What a server is like; see {@link org.cdevgate.fuse.faults.server.AttackServer} for choices and
 * devices.
 *
 * @param wrapper the command that starts the JVM by exec, empty for none
 * @param apart whether it has a mount namespace of its own, in which clients are then too
 * @param flags of the JVM
 * @param arguments choices of the mount, and devices; one for the bystander is always there
 */
record Setup(List<String> wrapper, boolean apart, List<String> flags, List<String> arguments) {
    private static final String HEAP = "-Xmx128m";

    /** A usual server. */
    static Setup of(String... arguments) {
        return new Setup(List.of(), false, List.of(HEAP), List.of(arguments));
    }

    /** With these flags of the JVM only. */
    Setup flags(String... flags) {
        return new Setup(wrapper, apart, List.of(flags), arguments);
    }

    /** Started by a command that gives it a mount namespace of its own. */
    Setup apart(String... wrapper) {
        return new Setup(List.of(wrapper), true, flags, arguments);
    }

    /** The command of a server that mounts on a folder. */
    List<String> command(Path folder) {
        List<String> all = new ArrayList<>(List.of(folder.toString()));
        all.add(AttackRounds.BYSTANDER + "=complement");
        all.addAll(arguments);
        List<String> command = new ArrayList<>(wrapper);
        command.addAll(ServingProcess.jvm(flags, AttackServer.class, all.toArray(String[]::new)));
        return command;
    }
}
