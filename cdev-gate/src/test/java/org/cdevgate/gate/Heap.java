package org.cdevgate.gate;

import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;
import javax.management.JMException;
import javax.management.ObjectName;

/** What is on the heap, after a full collection: {@code jcmd GC.class_histogram} of this JVM. */
final class Heap {
    private Heap() {}

    /** Live instances by class name, for the classes of this package. */
    static Map<String, Long> instances() throws JMException {
        String histogram =
                (String)
                        ManagementFactory.getPlatformMBeanServer()
                                .invoke(
                                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                                        "gcClassHistogram",
                                        new Object[] {new String[0]},
                                        new String[] {String[].class.getName()});
        String prefix = Heap.class.getPackageName() + ".";
        Map<String, Long> instances = new HashMap<>();
        for (String line : histogram.lines().toList()) {
            String[] columns =
                    line.trim().split("\\s+", -1); // number: instances bytes class (module)
            if (columns.length >= 4 && columns[3].startsWith(prefix)) {
                instances.merge(
                        columns[3].substring(prefix.length()),
                        Long.parseLong(columns[1]),
                        Long::sum);
            }
        }
        return instances;
    }
}
