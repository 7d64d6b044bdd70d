package org.cdevgate.drivers.filter;

import java.io.IOException;
import java.util.List;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.IoctlCommand;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.calls.Verb;

/** A call on its way through the filters to the driver. Valid until the verb returns. */
public final class FilteredCall {
    /** No bound on what is transferred. */
    static final int ALL = Integer.MAX_VALUE;

    /** The driver's verb with the arguments of this call. */
    @FunctionalInterface
    interface Target {
        /**
         * Runs it.
         *
         * @param most bytes to transfer, of read and write
         */
        long run(int most) throws ErrnoException, IOException, InterruptedException;
    }

    private final Call call;
    private final int command;
    private final List<CallFilter> filters;
    private final Target target;
    private int next;
    private int most = ALL;

    FilteredCall(Call call, int command, List<CallFilter> filters, Target target) {
        this.call = call;
        this.command = command;
        this.filters = filters;
        this.target = target;
    }

    /** The verb. */
    public Verb verb() {
        return call.verb();
    }

    /** The command of an ioctl; 0 for other verbs. */
    public int command() {
        return command;
    }

    /** The open file. */
    public OpenFile file() {
        return call.file();
    }

    /** The call as the driver sees it. */
    public Call call() {
        return call;
    }

    /** Goes on to the next filter, at last to the driver. Once per call. */
    public long proceed() throws ErrnoException, IOException, InterruptedException {
        return next < filters.size() ? filters.get(next++).around(this) : target.run(most);
    }

    /**
     * {@link #proceed()} with at most so many bytes of a read or write; of other verbs it makes no
     * difference.
     *
     * @param bytes 1 or more
     */
    public long proceedShort(int bytes) throws ErrnoException, IOException, InterruptedException {
        most = Math.min(most, bytes);
        return proceed();
    }

    /** The verb as people write it, with an ioctl's command. */
    @Override
    public String toString() {
        String name = verb().name().toLowerCase(java.util.Locale.ROOT);
        return command == 0 ? name : name + " " + IoctlCommand.toString(command);
    }
}
