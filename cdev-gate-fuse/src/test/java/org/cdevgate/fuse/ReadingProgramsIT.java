package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.cdevgate.fuse.driver.DiskDriver;
import org.cdevgate.fuse.driver.LetterDriver;
import org.cdevgate.fuse.harness.Shell;
import org.cdevgate.fuse.harness.ToolMissing;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Programs get all that a device gives, by whatever way of the kernel's they read or copy. */
class ReadingProgramsIT extends MountBase {
    private static final String LETTERS = letters(LetterDriver.COUNT);

    private static String letters(int count) {
        StringBuilder text = new StringBuilder(count);
        for (int i = 0; i < count; i++) {
            text.append(LetterDriver.letterAt(i));
        }
        return text.toString();
    }

    @BeforeEach
    void register() throws Exception {
        mount.register("stream", new LetterDriver());
        DiskDriver disk = new DiskDriver(LETTERS, false);
        mount.register(disk.gate("disk"), DeviceNode.named("disk"), disk);
    }

    /** Runs a command with the node as $1 and the name of a file that is not there as $2. */
    private String run(String node, String command) throws Exception {
        return Shell.run(
                        "file=$(mktemp -u) && trap 'rm -f \"$file\"' EXIT && set -- \"$1\" \"$file\""
                                + " && { "
                                + command
                                + "; }",
                        mount.path(node))
                .expect(0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '`',
            value = {
                "cat     # coreutils      # cat \"$1\" | cat",
                "cat     # coreutils      # cat \"$1\" > \"$2\"; cat \"$2\"",
                "cp      # coreutils      # cp \"$1\" \"$2\"; cat \"$2\"",
                "cp      # coreutils      # cp --sparse=always \"$1\" \"$2\"; cat \"$2\"",
                "dd      # coreutils      # dd if=\"$1\" bs=4k 2>/dev/null | cat",
                "grep    # grep           # grep -a abc \"$1\" | head -c 10000",
                "busybox # busybox        # busybox cat \"$1\" | cat",
                "busybox # busybox        # busybox cat \"$1\" > \"$2\"; cat \"$2\"",
                "busybox # busybox        # busybox cp \"$1\" \"$2\"; cat \"$2\"",
                "uutils  # rust-coreutils # coreutils cat \"$1\" | cat",
                "uutils  # rust-coreutils # coreutils cat \"$1\" > \"$2\"; cat \"$2\"",
                "uutils  # rust-coreutils # coreutils head -c 10000 \"$1\" | cat",
                "uutils  # rust-coreutils # coreutils cp \"$1\" \"$2\"; cat \"$2\"",
                "pv      # pv             # pv -q \"$1\" | cat",
                "pv      # pv             # pv -q \"$1\" > \"$2\"; cat \"$2\"",
            })
    void allOfIt(String program, String packages, String command) throws Exception {
        // Both kinds of coreutils have one file for all programs, under the same name.
        ToolMissing.require(program.equals("uutils") ? "coreutils" : program, packages);
        for (String node : new String[] {"stream", "disk"}) {
            assertEquals(LETTERS, run(node, command), node);
        }
    }

    /** Files.copy uses sendfile(2), and on a newer JDK copy_file_range(2) first. */
    @Test
    void javaCopiesIt() throws Exception {
        for (String node : new String[] {"stream", "disk"}) {
            assertEquals(
                    LETTERS,
                    run(
                            node,
                            "\""
                                    + System.getProperty("java.home")
                                    + "/bin/java\" -Xshare:auto -XX:TieredStopAtLevel=1 -cp \""
                                    + System.getProperty("java.class.path")
                                    + "\" '"
                                    + Copy.class.getName()
                                    + "' \"$1\" \"$2\"; cat \"$2\""));
        }
    }

    /** Copies its first argument to its second. */
    static final class Copy {
        public static void main(String[] args) throws java.io.IOException {
            java.nio.file.Files.copy(
                    java.nio.file.Path.of(args[0]), java.nio.file.Path.of(args[1]));
        }
    }
}
