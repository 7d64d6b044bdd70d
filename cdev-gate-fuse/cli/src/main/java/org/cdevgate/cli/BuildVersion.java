package org.cdevgate.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version that was built. */
final class BuildVersion implements IVersionProvider {
    @Override
    public String[] getVersion() throws IOException {
        Properties build = new Properties();
        try (InputStream in = BuildVersion.class.getResourceAsStream("version.properties")) {
            build.load(Objects.requireNonNull(in, "version.properties is not in the build"));
        }
        return new String[] {"cdev-gate " + build.getProperty("version")};
    }
}
