package org.cdevgate.fuse;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.cdevgate.fuse.driver.UserMemoryDriver;
import org.cdevgate.gate.FopsGate;

/** Serves a {@link UserMemoryDriver} as node "bus", open to everybody, until its input ends. */
final class MemoryServer {
    private MemoryServer() {}

    /**
     * Mounts on its first argument, for others too if the second is "shared", and prints "mounted"
     * or what went wrong.
     */
    public static void main(String[] args) throws IOException {
        UserMemoryDriver driver = new UserMemoryDriver();
        try (DeviceMount mount =
                DeviceMount.builder(Path.of(args[0]))
                        .allowOther(args[1].equals("shared"))
                        .callerMemory(true)
                        .mount()) {
            mount.register(FopsGate.of("bus", driver), DeviceNode.named("bus").mode(0666));
            System.out.println("mounted");
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            while (in.readLine() != null) {
                System.out.println("unknown command");
            }
        } catch (IOException e) {
            System.out.println("failed: " + e.getMessage());
        }
    }

    /** Whether a server without CAP_SYS_PTRACE may use the memory of its own user's processes. */
    static boolean isOpenToItsUser() throws IOException {
        Path scope = Path.of("/proc/sys/kernel/yama/ptrace_scope");
        return !Files.exists(scope) || Files.readString(scope).strip().equals("0");
    }
}
