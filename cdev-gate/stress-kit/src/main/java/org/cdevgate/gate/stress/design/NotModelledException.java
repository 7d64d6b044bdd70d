package org.cdevgate.gate.stress.design;

/** A {@link Design} says nothing on what it was asked. */
public final class NotModelledException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Says so.
     *
     * @param what such as "a second removal"
     */
    public NotModelledException(String what) {
        super(what + " is not modelled");
    }
}
