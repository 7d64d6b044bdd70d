/**
 * Stresses a driver while its devices are removed, and asks another design of device removal what
 * the gate promises. For tests; docs/stress.md tells how.
 */
module org.cdevgate.gate.stress {
    requires java.management;
    requires transitive org.cdevgate.gate;

    exports org.cdevgate.gate.stress.design;
    exports org.cdevgate.gate.stress.driver;
    exports org.cdevgate.gate.stress.oracle;
    exports org.cdevgate.gate.stress.script;
}
