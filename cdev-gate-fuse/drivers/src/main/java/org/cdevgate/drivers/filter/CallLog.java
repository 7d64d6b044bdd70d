package org.cdevgate.drivers.filter;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.calls.Verb;

/**
 * Counts calls and keeps the last ones with their answers. A request that is run again after it
 * slept counts once. As the first filter it sees what callers get, but for the answers that the
 * gate gives by itself: to a request that sleeps without a thread, and after the removal.
 */
public final class CallLog implements CallFilter {
    private static final int KEPT = 20;

    // A client chooses commands and results, and makes processes, without end.
    private static final int MOST_KINDS = 1000;
    private static final int MOST_PROCESSES = 1000;

    /** What is counted together once there are a thousand kinds. */
    public static final Kind OTHERS = new Kind("others", "any");

    /**
     * A kind of call and what it got.
     *
     * @param call as people write it
     * @param answer a result such as {@code 0}, {@code bytes} or an errno's name
     */
    public record Kind(String call, String answer) implements Comparable<Kind> {
        @Override
        public int compareTo(Kind other) {
            int byCall = call.compareTo(other.call);
            return byCall == 0 ? answer.compareTo(other.answer) : byCall;
        }
    }

    // Guarded by this.
    private final Map<Kind, Long> counts = new TreeMap<>();
    private final Deque<String> last = new ArrayDeque<>();
    private final Set<Integer> processes = new HashSet<>();
    private long calls;

    @Override
    public long around(FilteredCall call) throws ErrnoException, IOException, InterruptedException {
        String name = call.toString();
        Verb verb = call.verb();
        int pid = call.call().pid();
        begun(call.call().isFirstRun(), pid);
        String answer = "EIO";
        try {
            long result = call.proceed();
            answer =
                    result == Call.WOULD_BLOCK
                            ? (call.call().isNonBlocking() ? "EAGAIN" : null)
                            : answer(verb, result);
            return result;
        } catch (ErrnoException e) {
            answer = Errno.describe(e.errno());
            throw e;
        } catch (InterruptedException e) {
            answer = "EINTR";
            throw e;
        } finally {
            if (answer != null) {
                ended(name, answer);
            }
        }
    }

    /** A verb's result for people: {@code bytes}, {@code end of file}, a number. */
    public static String answer(Verb verb, long result) {
        return switch (verb) {
            case READ -> result == 0 ? "end of file" : "bytes";
            case WRITE -> "bytes";
            case LLSEEK -> "position";
            case POLL -> "events 0x" + Long.toHexString(result);
            default -> Long.toString(result);
        };
    }

    private synchronized void begun(boolean first, int pid) {
        if (first) {
            calls++;
            if (processes.size() < MOST_PROCESSES) {
                processes.add(pid);
            }
        }
    }

    private synchronized void ended(String call, String answer) {
        Kind kind = new Kind(call, answer);
        boolean counted = counts.containsKey(kind) || counts.size() < MOST_KINDS;
        counts.merge(counted ? kind : OTHERS, 1L, Long::sum);
        last.add(call + " = " + answer);
        if (last.size() > KEPT) {
            last.remove();
        }
    }

    /** How many calls have begun. */
    public synchronized long calls() {
        return calls;
    }

    /** How many processes have called; a thousand if they are more. */
    public synchronized int processes() {
        return processes.size();
    }

    /** How often each kind of call has got each answer, see {@link #OTHERS}; a snapshot. */
    public synchronized Map<Kind, Long> counts() {
        return new TreeMap<>(counts);
    }

    /** The last calls that have ended, the oldest first; a snapshot. */
    public synchronized List<String> last() {
        return new ArrayList<>(last);
    }
}
