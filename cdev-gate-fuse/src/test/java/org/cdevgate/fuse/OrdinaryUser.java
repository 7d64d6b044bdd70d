package org.cdevgate.fuse;

import java.util.ArrayList;
import java.util.List;
import org.cdevgate.fuse.harness.Shell;

/** A user without privileges: this one, or the one that root plays for the tests. */
final class OrdinaryUser {
    private static final int NOBODY = 65534;

    private final boolean isRoot;
    private final int uid;

    OrdinaryUser() throws Exception {
        int own = Integer.parseInt(Shell.run("id -u").expect(0).strip());
        isRoot = own == 0;
        uid = isRoot ? NOBODY : own;
    }

    /** Whether the tests run as root. */
    boolean isPlayedByRoot() {
        return isRoot;
    }

    int uid() {
        return uid;
    }

    /** A command, as run by this user. */
    List<String> command(List<String> command) {
        List<String> line = new ArrayList<>();
        if (isRoot) {
            line.addAll(
                    List.of("setpriv", "--reuid=" + uid, "--regid=" + uid, "--clear-groups", "--"));
        }
        line.addAll(command);
        return line;
    }

    /** Runs a script with one argument as this user. */
    Shell.Result shell(String script, String argument) throws Exception {
        List<String> line = command(List.of("sh", "-c", script, "sh", argument));
        return Shell.run("\"$@\"", line.toArray(String[]::new));
    }
}
