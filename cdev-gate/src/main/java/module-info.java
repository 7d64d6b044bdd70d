/**
 * The gate: a driver's file operations, the accounting of calls in flight, and a removal that
 * returns only when none is left. Pure Java, no native code.
 */
@SuppressWarnings("module") // cdev-gate-fuse is built after this and may not be there
module org.cdevgate.gate {
    requires jdk.jfr;
    requires java.management;
    requires org.slf4j;
    requires static transitive org.jspecify;

    exports org.cdevgate.abi;
    exports org.cdevgate.async;
    exports org.cdevgate.cdev;
    exports org.cdevgate.device;
    exports org.cdevgate.devres;
    exports org.cdevgate.gate;
    exports org.cdevgate.gate.calls;
    exports org.cdevgate.gate.diagnostics;
    exports org.cdevgate.gate.front;
    exports org.cdevgate.gate.removal;
    exports org.cdevgate.internal to
            org.cdevgate.fuse;
    exports org.cdevgate.revocable;
}
