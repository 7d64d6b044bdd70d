package org.cdevgate.cli.device;

import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.cdevgate.cli.exit.CommandFailure;
import org.cdevgate.cli.exit.ExitCodes;
import org.cdevgate.drivers.kind.DeviceKinds;

/** Finds kinds of devices, those in users' jars too. */
public final class Kinds {
    private Kinds() {}

    public static DeviceKinds load(List<Path> jars) throws CommandFailure {
        ClassLoader loader = Kinds.class.getClassLoader();
        if (!jars.isEmpty()) {
            List<URL> urls = new ArrayList<>();
            for (Path jar : jars) {
                if (!Files.isReadable(jar)) {
                    throw new CommandFailure(
                            ExitCodes.FAILED,
                            "--jar " + jar + ": cannot be read; give the path of a jar");
                }
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
}
