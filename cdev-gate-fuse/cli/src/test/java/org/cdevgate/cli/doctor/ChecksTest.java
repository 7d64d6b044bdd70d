package org.cdevgate.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.cdevgate.cli.doctor.Checks.Check;
import org.cdevgate.cli.doctor.Finding.State;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Machines that lack something, one each. */
class ChecksTest {
    private static final int USER = 1000;

    @TempDir Path root;

    /** A machine that has everything. */
    @BeforeEach
    void build() throws Exception {
        write("/proc/sys/kernel/osrelease", "6.1.0-test\n");
        write("/proc/sys/kernel/yama/ptrace_scope", "0\n");
        write("/proc/sys/user/max_user_namespaces", "15000\n");
        write("/dev/cuse", "");
        write("/dev/fuse", "");
        mode("/dev/fuse", "rw-rw-rw-");
        for (String each : List.of("fusermount3", "unshare", "setpriv")) {
            write("/usr/bin/" + each, "");
            mode("/usr/bin/" + each, "rwxr-xr-x");
        }
    }

    private Path file(String path) {
        return root.resolve(path.substring(1));
    }

    private void write(String path, String text) throws Exception {
        Files.createDirectories(file(path).getParent());
        Files.writeString(file(path), text);
    }

    private void mode(String path, String mode) throws Exception {
        Files.setPosixFilePermissions(file(path), PosixFilePermissions.fromString(mode));
    }

    private Machine machine(int uid) {
        return new Machine(root, List.of("/usr/local/bin", "/usr/bin"), uid, 17, List.of());
    }

    private void assertLacks(Check check, State state, String found, String remedy) {
        Finding finding = check.look(machine(USER));
        assertEquals(state, finding.state(), finding.toString());
        assertTrue(finding.found().contains(found), finding.toString());
        assertEquals(remedy, finding.remedy());
    }

    @Test
    void nothingIsMissingWhereAllIsThere() {
        for (int uid : new int[] {0, USER}) {
            for (Check each : Checks.all()) {
                Finding finding = each.look(machine(uid));
                assertEquals(State.GOOD, finding.state(), finding.toString());
                assertNull(finding.remedy());
            }
        }
        assertEquals("Linux 6.1.0-test", Checks.kernel(machine(USER)).found());
        assertEquals("/usr/bin/fusermount3", Checks.fusermount(machine(USER)).found());
    }

    @Test
    void withoutFuseTheModuleIsNamed() throws Exception {
        Files.delete(file("/dev/fuse"));
        assertLacks(Checks::fuseDevice, State.MISSING, "is not there", "sudo modprobe fuse");
        assertEquals("modprobe fuse", Checks.fuseDevice(machine(0)).remedy());
    }

    @Test
    void aFuseDeviceOfRootAloneIsMissingForUsersOnly() throws Exception {
        mode("/dev/fuse", "rw-------");
        assertLacks(
                Checks::fuseDevice,
                State.MISSING,
                "rw-------, so that users cannot",
                "sudo chmod 666 /dev/fuse");
        assertEquals(State.GOOD, Checks.fuseDevice(machine(0)).state());
    }

    @Test
    void rootNeedsNoFusermount() throws Exception {
        mode("/usr/bin/fusermount3", "rw-r--r--");
        assertLacks(
                Checks::fusermount, State.MISSING, "is not there", "sudo apt-get install fuse3");
        assertEquals(State.SOME_MISS_IT, Checks.fusermount(machine(0)).state());
    }

    @Test
    void aMissingProgramIsNamedWithItsPackage() throws Exception {
        Files.delete(file("/usr/bin/setpriv"));
        List<Finding> missing =
                Checks.all().stream()
                        .map(each -> each.look(machine(USER)))
                        .filter(each -> each.state() == State.MISSING)
                        .toList();
        assertEquals(1, missing.size(), missing.toString());
        assertEquals("setpriv", missing.get(0).what());
        assertEquals("sudo apt-get install util-linux", missing.get(0).remedy());
    }

    @Test
    void eachSettingThatRefusesNamespacesIsNamed() throws Exception {
        write("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1\n");
        assertLacks(
                Checks::userNamespaces,
                State.MISSING,
                "kernel.apparmor_restrict_unprivileged_userns is 1",
                "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0");
        write("/proc/sys/user/max_user_namespaces", "0\n");
        assertLacks(
                Checks::userNamespaces,
                State.MISSING,
                "user.max_user_namespaces is 0",
                "sudo sysctl user.max_user_namespaces=10000");
        write("/proc/sys/kernel/unprivileged_userns_clone", "0\n");
        assertLacks(
                Checks::userNamespaces,
                State.MISSING,
                "kernel.unprivileged_userns_clone is 0",
                "sudo sysctl kernel.unprivileged_userns_clone=1");
        assertEquals(State.SOME_MISS_IT, Checks.userNamespaces(machine(0)).state());
    }

    @Test
    void yamaIsInTheWayOfSomeKindsOnly() throws Exception {
        write("/proc/sys/kernel/yama/ptrace_scope", "1\n");
        assertLacks(
                Checks::callerMemory,
                State.SOME_MISS_IT,
                "ptrace_scope is 1",
                "sudo sysctl kernel.yama.ptrace_scope=0");
        assertEquals(State.GOOD, Checks.callerMemory(machine(0)).state());
        Files.delete(file("/proc/sys/kernel/yama/ptrace_scope"));
        assertEquals(State.GOOD, Checks.callerMemory(machine(USER)).state());
    }

    @Test
    void cuseIsMissedBySomeProgramsOnly() throws Exception {
        Files.delete(file("/dev/cuse"));
        assertLacks(Checks::cuse, State.SOME_MISS_IT, "is not there", "sudo modprobe cuse");
    }

    @Test
    void newJavaWantsItsFlag() {
        Machine bare = new Machine(root, List.of(), USER, 25, List.of("-Xmx64m"));
        Finding finding = Checks.javaFlags(bare);
        assertEquals(State.SOME_MISS_IT, finding.state());
        assertEquals(
                "export JDK_JAVA_OPTIONS=--enable-native-access=ALL-UNNAMED", finding.remedy());
        Machine good =
                new Machine(
                        root, List.of(), USER, 25, List.of("--enable-native-access=ALL-UNNAMED"));
        assertEquals(State.GOOD, Checks.javaFlags(good).state());
        Machine old = new Machine(root, List.of(), USER, 11, List.of());
        assertEquals(State.MISSING, Checks.java(old).state());
    }
}
