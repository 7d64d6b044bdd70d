package org.cdevgate.cli.exit;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.cdevgate.drivers.spec.InvalidSpecException;

/** What a user has got wrong, or the machine refuses, in one line; all else is a fault of ours. */
public final class Mistake {
    private Mistake() {}

    /** Whether it is something that a user wrote. */
    public static boolean isOne(Exception e) {
        return e instanceof InvalidSpecException || e instanceof InvalidPathException;
    }

    /** For the user: the JDK's exceptions about files often have a path for a message. */
    public static String message(Exception e) {
        if (e instanceof FileSystemException of && of.getReason() == null && of.getFile() != null) {
            String file = of.getFile();
            if (e instanceof NoSuchFileException) {
                return file + ": there is no such file or folder; make it, or give another path";
            }
            if (e instanceof AccessDeniedException) {
                return file + ": no permission; change its mode, or give another path";
            }
            if (e instanceof NotDirectoryException) {
                return file + ": is no folder; give the path of one";
            }
            return file + ": " + e.getClass().getSimpleName();
        }
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }
}
