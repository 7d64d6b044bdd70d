package org.cdevgate.fuse.driver;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.OpenFile;

/** Knows how often it was opened, and released for each open file. */
public abstract class CountingDriver implements FileOperations {
    private final Map<OpenFile, AtomicInteger> releases = new ConcurrentHashMap<>();
    private final AtomicInteger strays = new AtomicInteger();

    @Override
    public int open(OpenFile file, Call call) throws ErrnoException {
        releases.put(file, new AtomicInteger());
        return 0;
    }

    @Override
    public void release(OpenFile file, Call call) {
        AtomicInteger count = releases.get(file);
        (count == null ? strays : count).incrementAndGet();
    }

    /** How many files were opened. */
    public final int opens() {
        return releases.size();
    }

    /** How many calls of release there were. */
    public final int releases() {
        return strays.get() + releases.values().stream().mapToInt(AtomicInteger::get).sum();
    }

    /** Whether each file that was opened was released, once, and no other was. */
    public final boolean isEachReleasedOnce() {
        return strays.get() == 0 && releases.values().stream().allMatch(count -> count.get() == 1);
    }
}
