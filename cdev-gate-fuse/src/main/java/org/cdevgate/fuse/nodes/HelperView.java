package org.cdevgate.fuse.nodes;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the process that makes inotify events sees of the tree. The kernel tells watchers of a name
 * only when a process makes or takes away one by a system call. So the helper process does that,
 * for names that have already come or gone in the real tree, and is played along with: it finds no
 * name where it is to make one, and the one that it is to take away. All other processes see the
 * real tree at every moment: no name is cached, and each of their walks asks again.
 *
 * <p>A request is the helper's if it is about exactly what the helper has been told to do now, and
 * comes from the helper's process or a child of it. Called by the threads that answer requests;
 * {@link #begin} and {@link #end} by the one that talks to the helper.
 */
final class HelperView {
    private final NodeTree tree;
    private final IntSupplier helperPid;
    private final String proof;
    private volatile @Nullable Batch current;

    /**
     * Names of one kind that the helper makes or takes away in one directory.
     *
     * @param appear whether it makes them
     * @param directories whether they are directories
     * @param way from below the root to the directory
     * @param nodes what has these names, or had
     * @param shown how often the shell has seen a name as the node itself, before it takes it away
     * @param done names that are made or taken away by now
     */
    record Batch(
            boolean appear,
            boolean directories,
            List<Directory> way,
            Map<String, Node> nodes,
            Map<String, Integer> shown,
            Set<String> done) {
        Batch(boolean appear, boolean directories, List<Directory> way, Map<String, Node> nodes) {
            this(
                    appear,
                    directories,
                    way,
                    nodes,
                    new ConcurrentHashMap<>(),
                    ConcurrentHashMap.newKeySet());
        }

        private long parentId(int depth, long rootId) {
            return depth == 0 ? rootId : way.get(depth - 1).id;
        }
    }

    /** How often the shell sees the node itself; it looks once more. */
    private static final int LOOKS = 2;

    /**
     * @param helperPid the helper's process id, 0 if it does not run
     * @param proof a name that only the helper finds, in the directory it works in: it knows by it
     *     that it has come into this mount, and not into what lies below it or was mounted over it
     */
    HelperView(NodeTree tree, IntSupplier helperPid, String proof) {
        this.tree = tree;
        this.helperPid = helperPid;
        this.proof = proof;
    }

    void begin(Batch batch) {
        current = batch;
    }

    void end() {
        current = null;
    }

    /** What a lookup finds, by the helper or anybody else; null if there is no such name. */
    NodeTree.@Nullable Found lookup(long directoryId, String name, int tid) {
        Batch batch = current;
        if (batch == null) {
            return tree.lookup(directoryId, name);
        }
        if (directoryId == directoryId(batch)) {
            Node node = batch.nodes.get(name);
            if ((node == null && !name.equals(proof)) || !isHelper(tid)) {
                return tree.lookup(directoryId, name);
            }
            if (node == null) {
                return tree.phantom(false);
            }
            return batch.appear || batch.done.contains(name) ? null : toTakeAway(batch, node, tid);
        }
        for (int depth = 0; depth < batch.way.size(); depth++) {
            Directory next = batch.way.get(depth);
            if (directoryId == batch.parentId(depth, tree.rootId()) && next.name.equals(name)) {
                return onTheWay(directoryId, next, tid);
            }
        }
        return tree.lookup(directoryId, name);
    }

    private NodeTree.@Nullable Found onTheWay(long directoryId, Directory next, int tid) {
        if (!next.removed) {
            // Everybody finds it: no need to know whose request it is.
            NodeTree.Found real = tree.lookup(directoryId, next.name);
            if (real != null && real.node() == next) {
                return real;
            }
            if (real != null) {
                tree.forget(real.id(), 1); // it has been replaced at this moment
            }
        }
        NodeTree.Found known = isHelper(tid) ? tree.known(next) : null;
        return known != null ? known : tree.lookup(directoryId, next.name);
    }

    /**
     * A stand-in of the name: unlink(2) waits for the lock of the inode it takes away, holding the
     * directory's, and a client can hold the lock of any inode that it can reach for as long as it
     * likes, by a write from memory that does not come. But before that the shell itself, which
     * takes nothing away, sees the node: the kernel learns that it has no name any more, and tells
     * the node's own watchers when it forgets it, at the next look or the last close. It sees it
     * twice, because the kernel drops what it is told while the inode is invalidated meanwhile (its
     * attr_version, fuse_change_attributes), as the removal does once.
     */
    private NodeTree.Found toTakeAway(Batch batch, Node node, int tid) {
        if (tid == helperPid.getAsInt() && batch.shown.merge(node.name, 1, Integer::sum) <= LOOKS) {
            NodeTree.Found real = tree.known(node);
            if (real != null) {
                return real;
            }
        }
        return tree.phantom(node instanceof Directory);
    }

    /** symlink or mkdir by the helper: the node to tell the kernel of; null if not the helper's. */
    NodeTree.@Nullable Found make(long directoryId, String name, boolean directory, int tid) {
        Batch batch = current;
        if (batch == null
                || !batch.appear
                || !isPending(batch, directoryId, name, directory)
                || !isHelper(tid)
                || !batch.done.add(name)) {
            return null;
        }
        return tree.phantom(directory);
    }

    /** unlink or rmdir by the helper: whether it is the helper's, and succeeds. */
    boolean take(long directoryId, String name, boolean directory, int tid) {
        Batch batch = current;
        return batch != null
                && !batch.appear
                && isPending(batch, directoryId, name, directory)
                && isHelper(tid)
                && batch.done.add(name);
    }

    private boolean isPending(Batch batch, long directoryId, String name, boolean directory) {
        return directoryId == directoryId(batch)
                && directory == batch.directories
                && batch.nodes.containsKey(name);
    }

    private long directoryId(Batch batch) {
        return batch.parentId(batch.way.size(), tree.rootId());
    }

    private boolean isHelper(int tid) {
        int pid = helperPid.getAsInt();
        return pid > 0 && (tid == pid || ProcessOfThread.parentOf(tid) == pid);
    }
}
