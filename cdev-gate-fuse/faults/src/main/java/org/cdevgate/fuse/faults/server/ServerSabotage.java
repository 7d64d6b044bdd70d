package org.cdevgate.fuse.faults.server;

/** What a server does wrong on purpose, so that it is known that the judge finds it. */
public enum ServerSabotage {
    /** Nothing. */
    NONE,
    /** A release now and then does not reach the driver. */
    LOST_RELEASE,
    /** A removal flags nothing and wakes nobody, and says that it is done. */
    DEAF_REMOVAL,
    /** Reads now and then answer an errno that no driver of that kind gives. */
    WRONG_ERRNO,
    /** A device shows another's generation now and then. */
    TWO_GENERATIONS,
    /** Each closed mount leaves a thread behind. */
    LEAKED_THREAD,
    /** Each closed mount leaves a descriptor behind. */
    LEAKED_DESCRIPTOR;

    /** How the server's command line names it. */
    public String option() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    /**
     * The one of that option.
     *
     * @throws IllegalArgumentException if there is none; the message lists them
     */
    public static ServerSabotage of(String option) {
        StringBuilder known = new StringBuilder();
        for (ServerSabotage each : values()) {
            if (each.option().equals(option)) {
                return each;
            }
            known.append(known.length() == 0 ? "" : ", ").append(each.option());
        }
        throw new IllegalArgumentException("no sabotage '" + option + "'; there are " + known);
    }
}
