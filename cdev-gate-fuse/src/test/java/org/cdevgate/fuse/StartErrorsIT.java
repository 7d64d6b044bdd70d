package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.cdevgate.fuse.TestMount.TemporaryMountPoint;
import org.cdevgate.fuse.harness.Closing;
import org.cdevgate.fuse.harness.JarredClassPath;
import org.cdevgate.fuse.harness.JavaCommand;
import org.cdevgate.fuse.harness.Shell;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is missing when a mount fails, and what to do about it, stands in the error. Each piece is
 * taken away in a mount namespace of the server's own, so nobody else misses it.
 */
@Timeout(60)
class StartErrorsIT {
    private static final String PRIVATE = "mount --make-rprivate / && ";

    /** A /dev with what a JVM needs. */
    private static final String BARE_DEV =
            PRIVATE
                    + "mount -t tmpfs none /dev && mknod -m 666 /dev/null c 1 3"
                    + " && mknod -m 666 /dev/random c 1 8 && mknod -m 666 /dev/urandom c 1 9 && ";

    private static final String FUSE_FOR_ALL =
            BARE_DEV + "mknod -m 666 /dev/fuse c 10 229 && chmod 666 /dev/fuse && ";

    private static final String RUN = "exec \"$@\"";

    private static String classPath;

    private OrdinaryUser user;
    private TemporaryMountPoint folder;

    @BeforeAll
    static void pack(@TempDir Path jars) throws Exception {
        classPath = JarredClassPath.in(jars);
    }

    @BeforeEach
    void prepare() throws Exception {
        user = new OrdinaryUser();
        assumeTrue(user.isPlayedByRoot(), "only root can take /dev/fuse away from a process");
        folder = new TemporaryMountPoint();
        String parent = folder.path().getParent().toString();
        Shell.run("chown -R \"$1:$1\" \"$2\"", user.uid() + "", parent).expect(0);
    }

    @AfterEach
    void end() throws Exception {
        Closing.all(folder);
    }

    private List<String> mounting(String... options) {
        List<String> arguments = new ArrayList<>(List.of(folder.path().toString()));
        arguments.addAll(List.of(options));
        return JavaCommand.of(classPath, MountOnce.class, arguments.toArray(String[]::new));
    }

    private static String outcome(String script, List<String> command) throws Exception {
        List<String> line = new ArrayList<>(List.of("unshare", "-m", "sh", "-c", script, "sh"));
        line.addAll(command);
        return Shell.run("\"$@\"", line.toArray(String[]::new)).expect(0).strip();
    }

    private static void assertFailure(String outcome, String... parts) {
        assertTrue(outcome.startsWith("failed: "), outcome);
        for (String part : parts) {
            assertTrue(outcome.contains(part), () -> "\"" + part + "\" is not in: " + outcome);
        }
    }

    @Test
    void rootWithoutTheDeviceIsToldHowToGetIt() throws Exception {
        assertFailure(
                outcome(BARE_DEV + RUN, mounting()), "/dev/fuse", "modprobe fuse", "--device");
    }

    @Test
    void userWithoutTheDeviceIsToldHowToGetIt() throws Exception {
        assertFailure(outcome(BARE_DEV + RUN, user.command(mounting())), "modprobe fuse");
    }

    @Test
    void userWhoMayNotOpenTheDeviceIsToldHowToAllowIt() throws Exception {
        String script = BARE_DEV + "mknod -m 600 /dev/fuse c 10 229 && " + RUN;
        assertFailure(outcome(script, user.command(mounting())), "chmod 0666 /dev/fuse");
    }

    @Test
    void userWithoutFusermountIsToldWhatToInstall() throws Exception {
        assertFailure(
                outcome("PATH=/nowhere /usr/bin/env \"$@\"", absolute(user.command(mounting()))),
                "fusermount3",
                "/nowhere",
                "install fuse3");
    }

    /** Found without a PATH. */
    private static List<String> absolute(List<String> command) throws Exception {
        List<String> line = new ArrayList<>(command);
        line.set(0, Shell.run("command -v \"$1\"", line.get(0)).expect(0).strip());
        return line;
    }

    @Test
    void userWhoMayNotShareIsToldWhichLineIsMissing() throws Exception {
        String script =
                FUSE_FOR_ALL
                        + "if [ -e /etc/fuse.conf ]; then mount --bind /dev/null /etc/fuse.conf;"
                        + " fi && "
                        + RUN;
        assertFailure(
                outcome(script, user.command(mounting("allow_other"))),
                "user_allow_other",
                "/etc/fuse.conf");
    }

    @Test
    void userWhoDoesNotOwnTheFolderIsToldSo() throws Exception {
        Shell.run("chown 0:0 \"$1\"", folder.path().toString()).expect(0);
        assertFailure(
                outcome(FUSE_FOR_ALL + RUN, user.command(mounting())),
                "make the user the owner of " + folder.path());
    }

    @Test
    void userWithoutTheRightToGainPrivilegesIsToldOfTheFlag() throws Exception {
        List<String> command = new ArrayList<>(List.of("setpriv", "--no-new-privs"));
        command.addAll(user.command(mounting()));
        assertFailure(outcome(FUSE_FOR_ALL + RUN, command), "no_new_privs");
    }

    @Test
    void rootWithoutTheCapabilityIsToldItsName() throws Exception {
        List<String> command = new ArrayList<>(List.of("setpriv", "--bounding-set=-sys_admin"));
        command.addAll(mounting());
        assertFailure(outcome(FUSE_FOR_ALL + RUN, command), "CAP_SYS_ADMIN");
    }

    @Test
    void folderThatIsMissingOrAFileIsNamed() throws Exception {
        Path file = folder.path().getParent().resolve("file");
        Files.createFile(file);
        try {
            List<String> command = JavaCommand.of(classPath, MountOnce.class, file.toString());
            assertFailure(outcome(RUN, user.command(command)), file.toString(), "directory");
        } finally {
            Files.delete(file);
        }
        List<String> command = JavaCommand.of(classPath, MountOnce.class, file.toString());
        assertFailure(outcome(RUN, user.command(command)), file.toString(), "mkdir");
    }

    /** What the folder holds is hidden, and there again afterwards. */
    @Test
    void folderThatIsNotEmptyIsMountedUpon() throws Exception {
        Path hidden = Files.writeString(folder.path().resolve("hidden"), "still here");
        Shell.run("chown \"$1\" \"$2\"", user.uid() + "", hidden.toString()).expect(0);
        try {
            String mounted = "mounted on " + folder.path();
            assertEquals(mounted, outcome(RUN, mounting()));
            assertEquals(mounted, outcome(FUSE_FOR_ALL + RUN, user.command(mounting())));
            assertEquals("still here", Files.readString(hidden));
        } finally {
            Files.delete(hidden);
        }
    }

    /** A minimal container has no /etc/mtab, by which fusermount3 would unmount. */
    private static final String NO_MTAB =
            FUSE_FOR_ALL
                    + "cp -a /etc /dev/etc && rm -f /dev/etc/mtab && mount --bind /dev/etc /etc && ";

    /** Runs the command, then says of each mount that is left on the folder. */
    private String runAndLook() {
        return "\"$@\"; ! grep -F ' " + folder.path() + " ' /proc/self/mountinfo";
    }

    @Test
    void userWithoutTheTableOfMountsUnmountsAllTheSame() throws Exception {
        assertEquals(
                "mounted on " + folder.path(),
                outcome(NO_MTAB + runAndLook(), user.command(mounting())));
    }

    @Test
    void userWhoCouldNotUnmountIsToldBeforeMounting() throws Exception {
        String script =
                NO_MTAB
                        + "for each in /bin/umount /usr/bin/umount; do"
                        + " mount --bind /bin/true $each; done; ";
        assertFailure(
                outcome(script + runAndLook(), user.command(mounting())),
                "/etc/mtab",
                "ln -s /proc/self/mounts");
    }

    /** fusermount3 ends, as if it were killed, after the mount and before it has told so. */
    @Test
    void helperThatEndsHalfWayLeavesNoMount() throws Exception {
        String real = Shell.run("command -v fusermount3").expect(0).strip();
        String script =
                FUSE_FOR_ALL
                        + "mkdir /dev/bin && cat >/dev/bin/fusermount3 <<'END' &&\n"
                        + "#!/bin/sh\n"
                        + "[ \"$1\" = -u ] || exec 3>/dev/null\n"
                        + real
                        + " \"$@\"\n"
                        + "END\n"
                        + "chmod 755 /dev/bin/fusermount3 && export PATH=\"/dev/bin:$PATH\"; ";
        assertFailure(outcome(script + runAndLook(), user.command(mounting())), "cannot mount");
    }
}
