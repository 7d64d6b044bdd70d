package org.cdevgate.gate.stress.peers;

/** A gate that can be removed for a call, by another thread that the call waits for. */
public interface ActingGate extends RemovableGate {
    /**
     * {@link #unregisterSync()} for the call of a ticket, which is not waited for: it has said that
     * it touches nothing that the teardown frees. If it has ended it makes no difference.
     *
     * @param ticket of {@link #enter}, not 0
     */
    boolean unregisterFor(long ticket);
}
