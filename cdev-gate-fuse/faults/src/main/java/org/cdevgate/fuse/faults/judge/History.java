package org.cdevgate.fuse.faults.judge;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What was done to devices, mounts and processes in a round, and when. Each change has two times:
 * before it was begun and after it was done; what a call between them meets is not known. For one
 * thread.
 */
public final class History {
    /** What never happened. */
    static final long NEVER = Long.MAX_VALUE;

    /** A device's life. Times in ns, {@link #NEVER} if not yet. */
    static final class Device {
        final long generation;
        final String name;
        final Mount mount;
        final long plugging;
        long plugged = NEVER;
        long removing = NEVER;
        long flagged = NEVER;
        long removed = NEVER;

        Device(long generation, String name, Mount mount, long plugging) {
            this.generation = generation;
            this.name = name;
            this.mount = mount;
            this.plugging = plugging;
        }

        String kind() {
            return kindOf(name);
        }

        @Override
        public String toString() {
            return ("%s#%d of mount %d: plugged %d-%s, removal begun %s, flagged %s, removed %s;"
                            + " mount closing or dying %s, dead %s")
                    .formatted(
                            name,
                            generation,
                            mount.epoch,
                            plugging,
                            at(plugged),
                            at(removing),
                            at(flagged),
                            at(removed),
                            at(mount.dying),
                            at(mount.dead));
        }
    }

    /** A mount's life. */
    static final class Mount {
        final long epoch;
        final boolean crowded;
        final long mounting;
        long mounted = NEVER;
        long dying = NEVER;
        long dead = NEVER;
        long leaving = NEVER;
        long left = NEVER;

        Mount(long epoch, boolean crowded, long mounting) {
            this.epoch = epoch;
            this.crowded = crowded;
            this.mounting = mounting;
        }
    }

    /** A signal that was sent to a process, and until when it may have an effect. */
    record Sent(int signal, long begin, long end) {}

    private final Map<Long, Device> devices = new LinkedHashMap<>();
    private final Map<Long, Mount> mounts = new LinkedHashMap<>();
    private final Map<Integer, List<Sent>> signals = new HashMap<>();
    private final Map<Integer, Boolean> killed = new HashMap<>();
    private final List<String> timeline = new ArrayList<>();

    private static String at(long time) {
        return time == NEVER ? "never" : Long.toString(time);
    }

    /** The kind of a node: its name without the number at its end. */
    static String kindOf(String name) {
        int end = name.length();
        while (end > 0 && Character.isDigit(name.charAt(end - 1))) {
            end--;
        }
        return name.substring(0, end);
    }

    /** A mount is about to be made; further calls of drivers than {@code crowded} get ENOMEM. */
    public void mount(long epoch, boolean crowded, long time) {
        mounts.put(epoch, new Mount(epoch, crowded, time));
        note(time, "mount " + epoch + (crowded ? ", crowded" : ""));
    }

    /** An event of the server's journal. */
    public void event(long time, String text) {
        note(time, text);
        String[] words = text.split(" ", -1);
        if (words.length < 2) {
            return;
        }
        long id = Long.parseLong(words[1]);
        switch (words[0]) {
            case "plugging" ->
                    devices.put(
                            id,
                            new Device(id, words[2], mounts.get(Long.parseLong(words[3])), time));
            case "plugged" -> devices.get(id).plugged = time;
            case "removing" -> devices.get(id).removing = time;
            case "flagged" -> {
                Device device = devices.get(id);
                device.removing = Math.min(device.removing, time);
                device.flagged = time;
            }
            case "removed" -> devices.get(id).removed = time;
            case "mounted" -> mounts.get(id).mounted = time;
            case "closing" -> closing(mounts.get(id), time);
            case "closed" -> closed(mounts.get(id), time);
            default -> {} // told for the reader of a violation only
        }
    }

    private void closing(Mount mount, long time) {
        dying(mount.epoch, time);
        leaving(mount.epoch, time);
        for (Device device : devices.values()) {
            if (device.mount == mount) {
                device.removing = Math.min(device.removing, time);
            }
        }
    }

    private void closed(Mount mount, long time) {
        dead(mount.epoch, time);
        left(mount.epoch, time);
    }

    /** The connection of a mount is about to end. */
    public void dying(long epoch, long time) {
        Mount mount = mounts.get(epoch);
        mount.dying = Math.min(mount.dying, time);
        note(time, "mount " + epoch + " dying");
    }

    /** The connection of a mount has ended. */
    public void dead(long epoch, long time) {
        Mount mount = mounts.get(epoch);
        mount.dead = Math.min(mount.dead, time);
        note(time, "mount " + epoch + " dead");
    }

    /** A mount is about to be taken from its folder. */
    public void leaving(long epoch, long time) {
        Mount mount = mounts.get(epoch);
        mount.leaving = Math.min(mount.leaving, time);
        note(time, "mount " + epoch + " leaving");
    }

    /** A mount is no more on its folder. */
    public void left(long epoch, long time) {
        Mount mount = mounts.get(epoch);
        mount.left = Math.min(mount.left, time);
        note(time, "mount " + epoch + " left");
    }

    /** A signal was sent to a process. */
    public void signal(int pid, int signal, long begin, long end) {
        signals.computeIfAbsent(pid, key -> new ArrayList<>()).add(new Sent(signal, begin, end));
        note(begin, "signal " + signal + " to " + pid + (end == NEVER ? "" : " until " + end));
    }

    /** A process has ended; {@code byItself} if it did so as it was told to. */
    public void ended(int pid, boolean byItself, long time) {
        killed.put(pid, !byItself);
        note(time, pid + (byItself ? " ended by itself" : " was killed, or left in the middle"));
    }

    private void note(long time, String text) {
        timeline.add(time + " " + text);
    }

    Collection<Device> devices() {
        return devices.values();
    }

    Device device(long generation) {
        return devices.get(generation);
    }

    Collection<Mount> mounts() {
        return mounts.values();
    }

    List<Sent> signals(int pid) {
        return signals.getOrDefault(pid, List.of());
    }

    /** Whether a process may have left a call in the middle. */
    boolean wasKilled(int pid) {
        return killed.getOrDefault(pid, true);
    }

    /** What happened, in the order in which it was told. */
    public List<String> timeline() {
        return timeline;
    }
}
