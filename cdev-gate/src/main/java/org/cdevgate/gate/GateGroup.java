package org.cdevgate.gate;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.cdevgate.internal.Arguments;
import org.cdevgate.internal.Texts;

/**
 * Several gates that are removed as one: a driver with several nodes. All are flagged, then all
 * sleepers are woken, then all are drained, and only then is the first one torn down; so calls of
 * one member may wait for another member, and no teardown runs while any verb of the driver does.
 * Torn down are children before parents (see {@link GateBuilder#parent}) and otherwise the last
 * member first.
 *
 * <pre>{@code
 * GateGroup camera = GateGroup.of(video, audio);
 * camera.unregisterSync(); // both flagged, both drained, then both torn down
 * }</pre>
 *
 * <p>A group is no more than the list of its members: each can be removed by itself, or through
 * another group at the same time, and then counts as removed here. Immutable.
 */
public final class GateGroup implements Removable {
    private final List<FopsGate> gates;

    private GateGroup(List<FopsGate> gates) {
        this.gates = gates;
    }

    /** A group of these, in the order in which they were registered. */
    public static GateGroup of(FopsGate... gates) {
        return of(Arrays.asList(Objects.requireNonNull(gates, "gates")));
    }

    /**
     * A group of these, in the order in which they were registered.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static GateGroup of(List<FopsGate> gates) {
        List<FopsGate> members = Arguments.elements(gates, "gates");
        if (members.isEmpty()) {
            throw new IllegalArgumentException("gates is empty; a group needs one or more");
        }
        return new GateGroup(members);
    }

    @Override
    public List<FopsGate> gates() {
        return gates;
    }

    @Override
    public boolean isRemoved() {
        return gates.stream().allMatch(FopsGate::isRemoved);
    }

    @Override
    public String toString() {
        return "group of " + Texts.names(gates);
    }
}
