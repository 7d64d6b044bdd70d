package org.cdevgate.fuse.nodes;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A directory: made with the first device below it, gone with the last, as devtmpfs does it.
 *
 * <p>Children are listed in the order of their ids, and the id is the position to continue from. So
 * a listing shows each node that stays, once, while others come and go, and needs no state between
 * its requests.
 */
final class Directory extends Node {
    private static final int S_IFDIR = 0040000;

    // Guarded by the tree's lock.
    final Map<String, Node> byName = new HashMap<>();
    final TreeMap<Long, Node> byId = new TreeMap<>();

    // Changed under the tree's lock, read without it. The ".." of each is a link.
    private final AtomicInteger subdirectories = new AtomicInteger();

    Directory(long id, String name, byte[] nameBytes, int uid, int gid) {
        super(id, name, nameBytes, S_IFDIR, 0755, uid, gid);
    }

    void add(Node child) {
        byName.put(child.name, child);
        byId.put(child.id, child);
        child.parent = this;
        if (child instanceof Directory) {
            subdirectories.incrementAndGet();
        }
        modified(now());
    }

    void remove(Node child) {
        byName.remove(child.name);
        byId.remove(child.id);
        child.parent = null;
        if (child instanceof Directory) {
            subdirectories.decrementAndGet();
        }
        modified(now());
    }

    @Override
    long size() {
        return 0;
    }

    @Override
    int links() {
        return removed ? 0 : 2 + subdirectories.get();
    }
}
