package org.cdevgate.checks.pages;

import java.nio.file.Path;

/**
 * Something in a text that is not so.
 *
 * @param file where, relative to the project's root
 * @param line counted from 1
 * @param text what is wrong, and where that helps what to do
 */
record PageFinding(Path file, int line, String text) {
    @Override
    public String toString() {
        return file + ":" + line + ": " + text;
    }
}
