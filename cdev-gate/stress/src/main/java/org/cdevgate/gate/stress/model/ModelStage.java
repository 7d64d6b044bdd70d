package org.cdevgate.gate.stress.model;

import java.util.List;
import org.cdevgate.gate.stress.model.scenarios.Model;

/** The class that Lincheck makes anew for each run and whose methods it calls. */
public final class ModelStage {
    // Lincheck changes the classes of all that can be reached from here.
    @SuppressWarnings("unused")
    private final List<Object> samples = ModelCast.samples();

    private Model model;

    /** Before the threads begin. */
    public void prepare(int number) {
        model = ModelCast.make(number);
    }

    public void first() throws Exception {
        model.first();
        Parking.timePasses();
    }

    public void second() throws Exception {
        model.second();
        Parking.timePasses();
    }

    public void third() throws Exception {
        model.third();
        Parking.timePasses();
    }

    /** After the threads have ended. */
    public void afterwards() {
        model.afterwards();
    }
}
