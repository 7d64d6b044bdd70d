package org.cdevgate.gate.stress;

import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.Hold;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.front.Caller;

/** Ways in that nothing refuses, because the removal cannot have begun. */
final class BeforeRemoval {
    private BeforeRemoval() {}

    static long enter(FopsGate gate) {
        try {
            return gate.enter();
        } catch (ErrnoException e) {
            throw new AssertionError("refused before the removal", e);
        }
    }

    static OpenFile open(FopsGate gate) {
        try {
            return gate.front().open(0, Caller.local());
        } catch (ErrnoException e) {
            throw new AssertionError("refused before the removal", e);
        }
    }

    static Hold hold(FopsGate gate) {
        try {
            return gate.hold("transfer");
        } catch (ErrnoException e) {
            throw new AssertionError("refused before the removal", e);
        }
    }
}
