package org.cdevgate.cli.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Looks at one thing each, by files alone; nothing is started and nothing changed. */
public final class Checks {
    private static final int OLDEST_JAVA = 17;
    private static final String USER_NAMESPACES = "user namespaces";

    /** Looks at one thing. */
    @FunctionalInterface
    public interface Check {
        Finding look(Machine machine);
    }

    private static final List<Check> ALL =
            List.of(
                    Checks::kernel,
                    Checks::fuseDevice,
                    Checks::fusermount,
                    machine -> program(machine, "unshare", "util-linux"),
                    machine -> program(machine, "setpriv", "util-linux"),
                    Checks::userNamespaces,
                    Checks::callerMemory,
                    Checks::cuse,
                    Checks::java,
                    Checks::javaFlags);

    private Checks() {}

    /** All of them. */
    public static List<Check> all() {
        return ALL;
    }

    static Finding kernel(Machine machine) {
        Optional<String> release = machine.text("/proc/sys/kernel/osrelease");
        return release.isPresent()
                ? Finding.good("kernel", "Linux " + release.get())
                : Finding.missing(
                        "kernel", "/proc cannot be read", mount("proc", "/proc", machine));
    }

    private static String mount(String type, String at, Machine machine) {
        return machine.asRoot("mount -t " + type + " " + type + " " + at);
    }

    static Finding fuseDevice(Machine machine) {
        Path device = machine.file("/dev/fuse");
        if (!Files.exists(device)) {
            return Finding.missing(
                    "/dev/fuse",
                    "is not there (a container needs --device /dev/fuse --cap-add SYS_ADMIN)",
                    machine.asRoot("modprobe fuse"));
        }
        try {
            Set<PosixFilePermission> mode = Files.getPosixFilePermissions(device);
            String text = PosixFilePermissions.toString(mode);
            boolean all =
                    mode.contains(PosixFilePermission.OTHERS_READ)
                            && mode.contains(PosixFilePermission.OTHERS_WRITE);
            return all || machine.isRoot()
                    ? Finding.good("/dev/fuse", "mode " + text)
                    : Finding.missing(
                            "/dev/fuse",
                            "mode " + text + ", so that users cannot open it",
                            machine.asRoot("chmod 666 /dev/fuse"));
        } catch (IOException e) {
            return Finding.missing("/dev/fuse", "cannot be looked at: " + e.getMessage(), null);
        }
    }

    /** Root mounts by itself. */
    static Finding fusermount(Machine machine) {
        String install = machine.asRoot("apt-get install fuse3");
        return machine.program("fusermount3")
                .map(where -> Finding.good("fusermount3", where))
                .orElseGet(
                        () ->
                                machine.isRoot()
                                        ? Finding.someMiss(
                                                "fusermount3",
                                                "is not there; ordinary users mount by it",
                                                install)
                                        : Finding.missing("fusermount3", "is not there", install));
    }

    static Finding program(Machine machine, String name, String debianPackage) {
        return machine.program(name)
                .map(where -> Finding.good(name, where))
                .orElseGet(
                        () ->
                                Finding.missing(
                                        name,
                                        "is not there; run makes a private /dev by it",
                                        machine.asRoot("apt-get install " + debianPackage)));
    }

    /** Root needs none. */
    static Finding userNamespaces(Machine machine) {
        Finding off = refusal(machine);
        if (off == null) {
            return Finding.good(USER_NAMESPACES, "users may make them");
        }
        return machine.isRoot()
                ? new Finding(
                        USER_NAMESPACES, Finding.State.SOME_MISS_IT, off.found(), off.remedy())
                : off;
    }

    private static @Nullable Finding refusal(Machine machine) {
        return refusal(machine, "kernel.unprivileged_userns_clone", "0", "1")
                .or(() -> refusal(machine, "user.max_user_namespaces", "0", "10000"))
                .or(
                        () ->
                                refusal(
                                        machine,
                                        "kernel.apparmor_restrict_unprivileged_userns",
                                        "1",
                                        "0"))
                .orElse(null);
    }

    private static Optional<Finding> refusal(
            Machine machine, String setting, String refusing, String allowing) {
        return machine.text("/proc/sys/" + setting.replace('.', '/'))
                .filter(refusing::equals)
                .map(
                        value ->
                                Finding.missing(
                                        USER_NAMESPACES,
                                        setting
                                                + " is "
                                                + value
                                                + ": users run programs with --at alone",
                                        machine.asRoot("sysctl " + setting + "=" + allowing)));
    }

    /** For kinds whose ioctls have pointers in their arguments. */
    static Finding callerMemory(Machine machine) {
        String scope = machine.text("/proc/sys/kernel/yama/ptrace_scope").orElse("0");
        return machine.isRoot() || scope.equals("0")
                ? Finding.good("memory of callers", "can be reached (ptrace_scope " + scope + ")")
                : Finding.someMiss(
                        "memory of callers",
                        "ptrace_scope is " + scope + "; kinds such as i2c need 0",
                        machine.asRoot("sysctl kernel.yama.ptrace_scope=0"));
    }

    static Finding cuse(Machine machine) {
        return Files.exists(machine.file("/dev/cuse"))
                ? Finding.good("/dev/cuse", "is there")
                : Finding.someMiss(
                        "/dev/cuse",
                        "is not there; programs that insist on a character device miss it",
                        machine.asRoot("modprobe cuse"));
    }

    static Finding java(Machine machine) {
        return machine.javaFeature() >= OLDEST_JAVA
                ? Finding.good("Java", "JDK " + machine.javaFeature())
                : Finding.missing(
                        "Java",
                        "JDK " + machine.javaFeature() + ", and " + OLDEST_JAVA + " is needed",
                        machine.asRoot("apt-get install openjdk-17-jre-headless"));
    }

    /** Newer JDKs warn of native calls that nobody has allowed. */
    static Finding javaFlags(Machine machine) {
        boolean allowed =
                machine.javaFlags().stream()
                        .anyMatch(each -> each.startsWith("--enable-native-access"));
        return machine.javaFeature() < 24 || allowed
                ? Finding.good("flags of Java", "as they should be")
                : Finding.someMiss(
                        "flags of Java",
                        "native calls are not allowed, so that the JDK warns of them",
                        "export JDK_JAVA_OPTIONS=--enable-native-access=ALL-UNNAMED");
    }
}
