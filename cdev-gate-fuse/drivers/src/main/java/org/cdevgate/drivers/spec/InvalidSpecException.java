package org.cdevgate.drivers.spec;

/** Somebody wrote what cannot be meant; the message is one line with the value and the remedy. */
public final class InvalidSpecException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /**
     * @param message one line that names the value and what to give instead
     */
    public InvalidSpecException(String message) {
        super(message);
    }
}
