package org.cdevgate.fuse.faults.judge;

import java.util.LinkedHashSet;
import java.util.Set;

/** In which situations of the table a call was. It was in each that overlaps its time. */
final class Situations {
    private Situations() {}

    /** A call on an open file. */
    static Set<String> ofFile(ClientCall call, OpenedFile file) {
        Set<String> situations = new LinkedHashSet<>();
        for (History.Device device : file.devices()) {
            if (call.begin() < device.mount.dead) {
                if (call.begin() < device.flagged) {
                    situations.add("live");
                }
                if (call.end() > device.removing) {
                    situations.add("gone");
                }
            }
            if (call.end() > device.mount.dying) {
                situations.add("dead");
            }
        }
        return situations;
    }

    /** A call that names a path, or lists the folder. */
    static Set<String> ofPath(ClientCall call, History history) {
        Set<String> situations = new LinkedHashSet<>();
        boolean list = call.name().equals("list");
        String name = call.detail().split(" ", 2)[0];
        boolean covered = false; // whether the node was there all the time
        for (History.Device device : history.devices()) {
            History.Mount mount = device.mount;
            if (list || !device.name.equals(name) || call.begin() >= mount.left) {
                continue;
            }
            boolean begun = call.end() > device.plugging;
            if (begun && call.begin() < device.flagged && call.begin() < mount.dead) {
                situations.add("live");
            }
            // A look-up before the removal, the call itself at any time after it.
            if (begun
                    && call.end() > device.removing
                    && call.begin() < device.flagged
                    && call.begin() < mount.dead) {
                situations.add("gone");
            }
            covered |=
                    device.plugged <= call.begin()
                            && call.end() <= device.removing
                            && call.end() <= mount.leaving;
        }
        boolean mounted = false;
        for (History.Mount mount : history.mounts()) {
            if (call.end() > mount.dying && call.begin() < mount.left) {
                situations.add("dead");
            }
            if (list && call.end() > mount.mounting && call.begin() < mount.dead) {
                situations.add("live");
            }
            // Nobody answers for a dead mount that is still there.
            mounted |=
                    mount.dead <= call.begin()
                            && call.end() <= mount.leaving
                            && mount.mounted <= call.begin();
        }
        if (!covered && !mounted) {
            situations.add("absent");
        }
        return situations;
    }
}
