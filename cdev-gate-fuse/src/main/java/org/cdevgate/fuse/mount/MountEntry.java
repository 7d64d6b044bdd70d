package org.cdevgate.fuse.mount;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.cdevgate.fuse.libc.Libc;

/**
 * A line of /proc/self/mountinfo, as proc_pid_mountinfo(5) describes it.
 *
 * @param id mount id, reused by the kernel after unmounting
 * @param device major:minor of the filesystem
 * @param pathBytes where it is mounted, relative to the process's root: one char for each byte,
 *     since the kernel's paths are bytes, and two of them may read the same as text
 * @param type filesystem type with its subtype, such as {@code fuse.cdev-gate}
 * @param options options of the filesystem (not those of the mount)
 */
record MountEntry(int id, String device, String pathBytes, String type, List<String> options) {

    /** What the table calls this server's mounts. */
    static final String FUSE_TYPE = "fuse.cdev-gate";

    /** Returns where it is mounted as text, for messages. */
    String mountPoint() {
        byte[] bytes = pathBytes.getBytes(StandardCharsets.ISO_8859_1);
        return Libc.text(bytes, bytes.length);
    }

    /** Returns whether it is mounted at exactly this path, which must be absolute. */
    boolean isAt(Path path) {
        return pathBytes.equals(Libc.pathBytes(path));
    }

    boolean isOurType() {
        return type.equals(FUSE_TYPE);
    }

    /**
     * Tells whether this may be the same mount as another, wherever either was moved to; {@link
     * MountId} makes sure.
     */
    boolean isSameMount(MountEntry other) {
        return id == other.id && device.equals(other.device) && type.equals(other.type);
    }

    /** Returns whether a user may make calls into this mount, as fuse_allow_current_process(). */
    boolean answersTo(int uid) {
        return options.contains("allow_other") || options.contains("user_id=" + uid);
    }

    /**
     * Parses one line.
     *
     * @throws IllegalArgumentException if the line has not the form of the manual page
     */
    static MountEntry parse(byte[] line) {
        // The fields are separated by single spaces; optional ones end with a lone "-".
        String text = new String(line, StandardCharsets.ISO_8859_1);
        List<String> fields = List.of(text.split(" ", -1));
        int separator = fields.indexOf("-");
        if (separator < 6 || fields.size() < separator + 4) {
            throw new IllegalArgumentException(
                    "not a line of /proc/self/mountinfo: " + Libc.text(line, line.length));
        }
        return new MountEntry(
                Integer.parseInt(fields.get(0)),
                fields.get(2),
                unescape(fields.get(4)),
                unescape(fields.get(separator + 1)),
                Arrays.asList(fields.get(separator + 3).split(",", -1)));
    }

    /** Decodes what mangle_path() of the kernel wrote: {@code \040} for a space, and the like. */
    private static String unescape(String field) {
        int backslash = field.indexOf('\\');
        if (backslash < 0) {
            return field;
        }
        StringBuilder text = new StringBuilder(field.length());
        int from = 0;
        while (backslash >= 0 && backslash + 4 <= field.length()) {
            text.append(field, from, backslash);
            text.append((char) Integer.parseInt(field, backslash + 1, backslash + 4, 8));
            from = backslash + 4;
            backslash = field.indexOf('\\', from);
        }
        return text.append(field, from, field.length()).toString();
    }
}
