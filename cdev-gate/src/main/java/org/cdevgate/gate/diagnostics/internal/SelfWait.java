package org.cdevgate.gate.diagnostics.internal;

import java.util.List;
import java.util.Objects;
import org.cdevgate.internal.Arguments;
import org.jspecify.annotations.Nullable;

/**
 * A removal that waits for itself through locks: a call in flight wants a lock that the remover
 * holds, perhaps by way of other threads. What {@link ThreadGraph} found; immutable.
 *
 * @param links who waits for which lock: first the thread of the call, then the holder of its lock,
 *     and so on; the last lock is held by the remover
 * @param removerId the id of the thread that waits for the removal
 * @param removerName its name
 */
public record SelfWait(List<Link> links, long removerId, String removerName) {
    /** So many are put into the text. */
    private static final int MOST_LINKS = 20;

    public SelfWait {
        links = Arguments.elements(links, "links");
        Objects.requireNonNull(removerName, "removerName");
        if (links.isEmpty()) {
            throw new IllegalArgumentException("links is empty; give at least one");
        }
    }

    /**
     * A thread and the lock that it waits for.
     *
     * @param threadId the thread's id
     * @param threadName its name
     * @param call what it has in flight in the gate, or null if it only stands in between
     * @param lock the lock, as class and identity hash
     * @param monitor whether it is the monitor of an object; else of java.util.concurrent
     */
    public record Link(
            long threadId,
            String threadName,
            @Nullable String call,
            String lock,
            boolean monitor) {}

    /**
     * One paragraph, for example {@code thread fuse-3 (read of ttyS0) is blocked on
     * java.lang.Object@1b2c, which is held by thread main, which waits for this removal: release
     * java.lang.Object@1b2c before unregisterSync()}.
     */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        String joint = "";
        for (int i = 0; i < links.size(); i++) {
            int leftOut = links.size() - MOST_LINKS;
            if (i == MOST_LINKS / 2 && leftOut > 0) {
                text.append("another, and so through ").append(leftOut).append(" more, to ");
                i += leftOut;
                joint = "";
            }
            Link link = links.get(i);
            text.append("thread ").append(link.threadName);
            if (link.call != null) {
                text.append(" (").append(link.call).append(')');
            }
            text.append(joint)
                    .append(link.monitor ? " is blocked on " : " waits for ")
                    .append(link.lock);
            text.append(", which is held by ");
            joint = ", which";
        }
        return text.append("thread ")
                .append(removerName)
                .append(", which waits for this removal: release ")
                .append(links.get(links.size() - 1).lock)
                .append(" before unregisterSync()")
                .toString();
    }
}
