package org.cdevgate.cli.explore;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.cdevgate.drivers.spec.InvalidSpecException;
import org.cdevgate.drivers.spec.Nearest;

/**
 * What became of a run in which something went wrong at a device, the worst first. A run has the
 * first one that holds.
 *
 * <p>Words used here: the <em>base run</em> is the one without a fault. A program was <em>told</em>
 * if a call of it got an error, or the events POLLERR or POLLHUP, that it did not get in the base
 * run, or if it made fewer calls than in the base run. It said a <em>word</em> if its standard
 * error has a line that the base run's has not. It used the device <em>again</em> if it called the
 * one that was plugged in again, or, where the device stayed, made more calls of the kind that
 * failed than the base run.
 */
public enum Outcome {
    /** A signal ended it that nobody sent, such as SIGSEGV or SIGABRT. */
    SIGNAL("killed by a signal"),

    /**
     * It is alive, and for the whole patience made no call, wrote nothing, and was found running,
     * or waiting for a disk, at less than half of the looks at it.
     */
    HANG("hangs"),

    /**
     * It is alive, and for longer than the patience and the base run's time has not used a device
     * that is there, but calls the one that is gone, or is found running at half of the looks at it
     * or more; or its output has no end.
     */
    SPIN("spins"),

    /**
     * A descriptor of a device that is gone stays open: at its last call of the device that was
     * plugged in again, or in a child that has stayed after the program's end.
     */
    DESCRIPTOR("keeps a descriptor"),

    /**
     * The program has ended and a child of it stays and does nothing for the patience, which in the
     * base run none does.
     */
    CHILDREN("leaves children"),

    /**
     * It was told, ended with the base run's exit code, or with 0, without a word, and did not use
     * the device again. (With 0 where the base run has another exit code, whether it did or not.)
     */
    SILENT("says nothing"),

    /**
     * It ended with the base run's exit code and without a word, and its standard output is not the
     * base run's. Not looked at where two base runs differ in it, or did not end by themselves.
     */
    DIFFERENT("other output"),

    /**
     * It is alive, and neither hangs nor spins: five times the patience and the base run's time
     * after the fault, or after the device was there again, it goes on to write, to compute or to
     * call.
     */
    GOES_ON("goes on"),

    /** The run did not make the call at which something was to go wrong. */
    NOT_REACHED("not reached"),

    /**
     * It used the device again and ended as the base run did, or goes on to use it where the base
     * run does not end.
     */
    RECOVERED("recovers"),

    /** It said so, by a word, or by an exit code other than 0 and the base run's. */
    CLEAN("reports it"),

    /** It was not told, and ended as the base run did. */
    UNAFFECTED("is not affected");

    private final String inWords;

    Outcome(String inWords) {
        this.inWords = inWords;
    }

    /** For tables. */
    public String inWords() {
        return inWords;
    }

    /** As {@code --fail-on} takes it: {@code not-reached}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Finds one by its {@link #word()}. */
    public static Outcome parse(String option, String word) {
        List<String> known = Arrays.stream(values()).map(Outcome::word).toList();
        int index = known.indexOf(word);
        if (index < 0) {
            throw new InvalidSpecException(
                    option
                            + ": there is no outcome "
                            + word
                            + Nearest.hint(word, known)
                            + "; there are "
                            + String.join(", ", known));
        }
        return values()[index];
    }
}
