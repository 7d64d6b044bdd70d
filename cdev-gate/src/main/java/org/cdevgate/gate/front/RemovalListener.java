package org.cdevgate.gate.front;

import org.cdevgate.gate.removal.SelfRemoval;

/**
 * A front's part in the removal of one gate: it published the device under a name and holds what
 * the gate does not know of (kernel notifications, mappings). Called on the removing thread, each
 * method once, in this order; what it throws is logged. Neither may wait for a call in flight; a
 * removal of the same device that is asked for in one of them is a removal from inside, see {@link
 * SelfRemoval}.
 *
 * <pre>{@code
 * gate.front().addRemovalListener(new RemovalListener() {
 *     @Override
 *     public void onFlagged() {
 *         names.remove("sensor0"); // a look-up finds nothing from here on
 *     }
 * });
 * }</pre>
 */
public interface RemovalListener {
    /** The flag is set: take the name out of the front's table. Sleepers are woken after this. */
    default void onFlagged() {}

    /** No call is in flight and each open file was released: close what maps the device. */
    default void onDrained() {}

    /** The teardown callbacks have run: forget the gate. */
    default void onTornDown() {}
}
