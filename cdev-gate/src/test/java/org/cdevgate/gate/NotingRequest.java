package org.cdevgate.gate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.cdevgate.gate.calls.Verb;

/** A front's read request that notes what it is told. */
final class NotingRequest extends RequestSleeper {
    final List<String> told = Collections.synchronizedList(new ArrayList<>());

    NotingRequest(OpenFile file) {
        super(file, Verb.READ);
    }

    @Override
    protected void runAgain() {
        told.add("run again");
    }

    @Override
    protected void removed(int answer) {
        told.add("removed with " + answer);
    }
}
