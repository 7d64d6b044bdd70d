package org.cdevgate.gate.stress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.module.Configuration;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The artifact as it is published, beside the gate's, on a module path. */
class StressKitModuleIT {
    private static final String KIT = "org.cdevgate.gate.stress";

    private static Path built(String target) throws IOException {
        try (DirectoryStream<Path> jars =
                Files.newDirectoryStream(Path.of(target), "cdev-gate*[0-9T].jar")) {
            for (Path jar : jars) {
                return jar;
            }
        }
        throw new AssertionError(
                "no jar in " + target + "; run this by mvn verify, which makes it");
    }

    private static ModuleFinder modules() throws Exception {
        Path slf4j =
                Path.of(
                        LoggerFactory.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toURI());
        return ModuleFinder.of(built("../target"), built("target"), slf4j);
    }

    /** Two modules with one package could not be started together. */
    @Test
    void theKitResolvesBesideTheGateAndSharesNoPackageWithIt() throws Exception {
        ModuleFinder modules = modules();
        Configuration resolved =
                ModuleLayer.boot().configuration().resolve(modules, ModuleFinder.of(), Set.of(KIT));
        assertTrue(resolved.findModule("org.cdevgate.gate").isPresent(), resolved::toString);
        Map<String, String> owners = new HashMap<>();
        for (ModuleReference module : modules.findAll()) {
            for (String each : module.descriptor().packages()) {
                String other = owners.put(each, module.descriptor().name());
                assertEquals(null, other, each + " is in " + module.descriptor().name() + " too");
            }
        }
    }

    @Test
    void theKitNeedsTheGateAndNothingElse() throws Exception {
        ModuleDescriptor kit = modules().find(KIT).orElseThrow().descriptor();
        assertEquals(
                Set.of("java.base", "java.management", "org.cdevgate.gate"), // as the gate
                kit.requires().stream()
                        .map(ModuleDescriptor.Requires::name)
                        .collect(Collectors.toSet()));
        assertEquals(
                List.of("design", "driver", "oracle", "script"),
                kit.exports().stream()
                        .map(each -> each.source().substring(KIT.length() + 1))
                        .sorted()
                        .toList());
    }
}
