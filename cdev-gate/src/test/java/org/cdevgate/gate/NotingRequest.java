package org.cdevgate.gate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.cdevgate.gate.front.RequestSleeper;

/** A front's read request that notes what it is told. */
final class NotingRequest extends RequestSleeper {
    final List<String> told = Collections.synchronizedList(new ArrayList<>());

    @Override
    protected void runAgain() {
        told.add("run again");
    }

    @Override
    protected void removed(int answer) {
        told.add("removed with " + answer);
    }
}
