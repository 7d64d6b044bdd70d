package org.cdevgate.fuse.mount;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this JVM itself looks up by path, at any moment and on any thread: the classes it may load
 * next, its working and temporary folders. Hidden by a mount of its own it would have to answer
 * itself, and hang so that not even SIGKILL ends it.
 */
final class OwnFolders {
    private static final Logger LOG = LoggerFactory.getLogger(OwnFolders.class);

    private static final Map<String, String> LISTS =
            Map.of(
                    "java.class.path", "the class path",
                    "jdk.module.path", "the module path",
                    "jdk.module.upgrade.path", "the upgrade module path",
                    "java.library.path", "java.library.path");

    private final Map<Path, String> paths = new LinkedHashMap<>();
    private final MountTable mounts;

    private OwnFolders(MountTable mounts) {
        this.mounts = mounts;
        add("the mount table", "/proc/self/mountinfo");
        add("the working directory", System.getProperty("user.dir"));
        add("the working directory", "/proc/self/cwd");
        add("the temporary folder, java.io.tmpdir", System.getProperty("java.io.tmpdir"));
        add("java.home", System.getProperty("java.home"));
        LISTS.forEach(
                (property, words) -> {
                    for (String entry :
                            System.getProperty(property, "").split(File.pathSeparator, -1)) {
                        add(words, entry);
                    }
                });
        addLoaders(OwnFolders.class.getClassLoader());
        addLoaders(Thread.currentThread().getContextClassLoader());
        addOpenJars();
    }

    /**
     * Makes sure that none of them lies in a folder, nor is reached through it.
     *
     * @param folder its real path
     * @throws IOException if one does; the message names it and says what to do
     */
    static void requireOutside(Path folder) throws IOException {
        OwnFolders own = new OwnFolders(MountTable.read());
        for (Map.Entry<Path, String> each : own.paths.entrySet()) {
            if (own.leadsInto(each.getKey(), folder)) {
                throw new IOException(
                        "cannot mount on "
                                + folder
                                + ": "
                                + each.getKey()
                                + " ("
                                + each.getValue()
                                + " of this JVM) is in it or reached through it, and a process that waits for its own mount hangs and"
                                + " cannot be killed; choose another folder, best an empty one of"
                                + " its own, or start the JVM with that elsewhere");
            }
        }
    }

    private boolean leadsInto(Path path, Path folder) {
        try {
            PathWalk walk = new PathWalk(path, mounts);
            do {
                if (walk.at().startsWith(folder)) {
                    return true; // before the walk looks into it: it may be a mount that is stuck
                }
            } while (walk.advance());
            return false;
        } catch (IOException e) {
            return false; // it leads nowhere now, and the way to there not into the folder
        }
    }

    private void add(String what, String path) {
        if (path == null) {
            return;
        }
        try {
            paths.putIfAbsent(Path.of(path), what); // an empty entry is the working directory
        } catch (InvalidPathException e) {
            LOG.debug("{} has {}, which can be no file's name", what, path);
        }
    }

    private void addLoaders(ClassLoader loader) {
        for (ClassLoader each = loader; each != null; each = each.getParent()) {
            if (each instanceof URLClassLoader withUrls) {
                for (URL url : withUrls.getURLs()) {
                    addFile(url);
                }
            }
        }
    }

    private void addFile(URL url) {
        try {
            URI uri = url.toURI();
            if ("file".equals(uri.getScheme())) {
                paths.putIfAbsent(Path.of(uri), "a class loader");
            }
        } catch (URISyntaxException | IllegalArgumentException | FileSystemNotFoundException e) {
            LOG.debug("{} is not a file's", url, e);
        }
    }

    /** Jars that no property names: of agents, of manifests, of an application's own loaders. */
    private void addOpenJars() {
        try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path each : open) {
                addIfJar(each);
            }
        } catch (IOException e) {
            LOG.debug("the open files are not known", e); // the mount table will say so too
        }
    }

    private void addIfJar(Path descriptor) {
        try {
            Path file = Files.readSymbolicLink(descriptor);
            if (file.isAbsolute() && file.toString().endsWith(".jar")) {
                paths.putIfAbsent(file, "a jar that is open");
            }
        } catch (IOException e) {
            LOG.debug("{} was closed meanwhile", descriptor);
        }
    }
}
