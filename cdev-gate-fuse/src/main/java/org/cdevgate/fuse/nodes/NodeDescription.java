package org.cdevgate.fuse.nodes;

import java.util.List;

/**
 * How a device appears in the mount.
 *
 * @param path below the mount
 * @param links paths of symbolic links to it, below the mount
 * @param mode permission bits
 * @param uid the owner
 * @param gid the group
 * @param flush whether each close(2) asks the driver's flush
 * @param minor which of the gate's nodes it is, see {@link org.cdevgate.gate.OpenFile#minor}
 */
public record NodeDescription(
        String path, List<String> links, int mode, int uid, int gid, boolean flush, int minor) {}
