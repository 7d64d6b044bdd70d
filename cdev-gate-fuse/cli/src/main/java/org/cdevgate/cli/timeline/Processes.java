package org.cdevgate.cli.timeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The names of processes, kept because a process may be gone when it is told of. */
final class Processes {
    private static final int MOST = 1000;

    private final Map<Integer, String> names =
            Collections.synchronizedMap(
                    new LinkedHashMap<>() {
                        private static final long serialVersionUID = 1L;

                        @Override
                        protected boolean removeEldestEntry(Map.Entry<Integer, String> eldest) {
                            return size() > MOST;
                        }
                    });

    /** As {@code pid 4711 (cat)}. A program that runs another one keeps its first name. */
    String describe(int pid) {
        String known = names.get(pid);
        if (known == null) {
            known = "pid " + pid + name(pid);
            names.put(pid, known);
        }
        return known;
    }

    /** From a file of the kernel's that nobody can make wait. */
    private static String name(int pid) {
        try {
            return " (" + Files.readString(Path.of("/proc/" + pid + "/comm")).strip() + ")";
        } catch (IOException e) {
            return ""; // it is gone, or not to be seen from here
        }
    }
}
