package org.cdevgate.fuse.faults.attack;

import java.io.IOException;

/**
 * One way in which a client, a driver or a thread of the server's process may ask too much of a
 * server: served by a process of its own, with a client on another device beside it that must go on
 * being answered.
 */
public interface Attack {
    /** As it is told on the command line and in the outcome. */
    String name();

    /** What the server is to be like. */
    Setup setup();

    /**
     * Does it; when it returns what it began is ended, by force. What must not be is told to {@link
     * Field#violation}.
     *
     * @throws IOException if a process fails or does not answer, which is a violation too
     */
    void run(Field field) throws IOException, InterruptedException;
}
