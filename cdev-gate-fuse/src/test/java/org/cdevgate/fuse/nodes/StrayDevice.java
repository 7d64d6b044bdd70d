package org.cdevgate.fuse.nodes;

import java.util.List;
import org.cdevgate.fuse.session.Share;
import org.cdevgate.gate.FopsGate;

/** A device's node in no directory, for tests of what belongs to one. */
final class StrayDevice {
    private StrayDevice() {}

    static Device of(FopsGate gate) {
        NodeDescription node = new NodeDescription("stray", List.of(), 0600, 0, 0, false, 0);
        return new Device(2, new NodePath("device", node.path()).last(), node, gate, new Share());
    }
}
