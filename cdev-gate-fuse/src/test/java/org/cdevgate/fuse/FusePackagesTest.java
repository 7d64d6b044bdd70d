package org.cdevgate.fuse;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The packages use each other as docs/architecture.md draws them. */
class FusePackagesTest {
    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("org.cdevgate.fuse");

    /** A protocol that knew devices, or a channel that knew nodes, could not be read alone. */
    @Test
    void eachPackageUsesThoseBelowItOnly() {
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("org.cdevgate..")
                .layer("libc")
                .definedBy("org.cdevgate.fuse.libc")
                .layer("waiting")
                .definedBy("org.cdevgate.fuse.waiting")
                .layer("channel")
                .definedBy("org.cdevgate.fuse.channel")
                .layer("mount")
                .definedBy("org.cdevgate.fuse.mount")
                .layer("memory")
                .definedBy("org.cdevgate.fuse.memory")
                .layer("protocol")
                .definedBy("org.cdevgate.fuse.protocol")
                .layer("session")
                .definedBy("org.cdevgate.fuse.session")
                .layer("inotify")
                .definedBy("org.cdevgate.fuse.inotify")
                .layer("nodes")
                .definedBy("org.cdevgate.fuse.nodes")
                .layer("fuse")
                .definedBy("org.cdevgate.fuse")
                .optionalLayer("numbers and waits")
                .definedBy("org.cdevgate.abi..", "org.cdevgate.internal..")
                .optionalLayer("gate")
                .definedBy("org.cdevgate.gate..")
                .optionalLayer("device model")
                .definedBy("org.cdevgate.cdev..", "org.cdevgate.device..", "org.cdevgate.devres..")
                .whereLayer("libc")
                .mayOnlyAccessLayers("numbers and waits")
                .whereLayer("waiting")
                .mayOnlyAccessLayers("libc")
                .whereLayer("channel")
                .mayOnlyAccessLayers("waiting", "libc", "numbers and waits")
                .whereLayer("mount")
                .mayOnlyAccessLayers("channel", "libc", "numbers and waits")
                .whereLayer("memory")
                .mayOnlyAccessLayers("channel", "libc", "numbers and waits")
                .whereLayer("protocol")
                .mayNotAccessAnyLayer()
                .whereLayer("inotify")
                .mayNotAccessAnyLayer()
                .whereLayer("session")
                .mayOnlyAccessLayers("channel", "libc", "memory", "protocol", "numbers and waits")
                .whereLayer("nodes")
                .mayOnlyAccessLayers(
                        "session", "protocol", "libc", "inotify", "gate", "numbers and waits")
                .whereLayer("fuse")
                .mayOnlyAccessLayers(
                        "nodes",
                        "session",
                        "mount",
                        "channel",
                        "memory",
                        "gate",
                        "device model",
                        "numbers and waits")
                .check(CLASSES);
    }

    @Test
    void noPackagesUseEachOther() {
        slices().matching("org.cdevgate.fuse.(*)..").should().beFreeOfCycles().check(CLASSES);
    }
}
