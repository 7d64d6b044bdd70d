package org.cdevgate.gate.stress.script;

/** Places in a piece of code at which a {@link Script} can stop the thread that comes by. */
@FunctionalInterface
public interface PausePoints {
    /** Nobody is stopped anywhere. */
    PausePoints NONE = point -> {};

    /**
     * The calling thread is at this place now.
     *
     * @param point said as a place, such as "between check and use"
     */
    void at(String point);
}
