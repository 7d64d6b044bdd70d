package org.cdevgate.cli.device;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import org.cdevgate.cli.exit.CommandFailure;
import org.cdevgate.cli.exit.ExitCodes;
import org.cdevgate.drivers.kind.DeviceKinds;

/** Finds kinds of devices, those in users' jars too. */
public final class Kinds {
    private Kinds() {}

    /**
     * Finds them.
     *
     * @param jars or folders of classes
     * @throws CommandFailure if one of them is none, in one line with the remedy
     */
    public static DeviceKinds load(List<Path> jars) throws CommandFailure {
        ClassLoader loader = Kinds.class.getClassLoader();
        if (!jars.isEmpty()) {
            List<URL> urls = new ArrayList<>();
            for (Path jar : jars) {
                check(jar);
                try {
                    urls.add(jar.toUri().toURL());
                } catch (MalformedURLException e) {
                    throw new IllegalStateException("a path is always a URL", e);
                }
            }
            // Not closed: its classes are loaded as long as the command runs.
            loader = new URLClassLoader(urls.toArray(URL[]::new), loader);
        }
        return DeviceKinds.load(loader);
    }

    /** A class loader passes over what is no jar, and nobody would hear of it. */
    private static void check(Path jar) throws CommandFailure {
        if (!Files.isReadable(jar)) {
            throw refused(jar, "cannot be read");
        }
        if (!Files.isDirectory(jar)) {
            try {
                new JarFile(jar.toFile()).close();
            } catch (IOException e) {
                throw refused(jar, "is no jar (" + e.getMessage() + ")");
            }
        }
    }

    private static CommandFailure refused(Path jar, String why) {
        return new CommandFailure(
                ExitCodes.FAILED, "--jar " + jar + ": " + why + "; give the path of a jar");
    }
}
