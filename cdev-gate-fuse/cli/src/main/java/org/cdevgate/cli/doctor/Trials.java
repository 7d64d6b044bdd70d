package org.cdevgate.cli.doctor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.cdevgate.fuse.channel.FuseChannel;
import org.cdevgate.fuse.libc.NativeBuffer;
import org.cdevgate.fuse.mount.KernelMount;
import org.cdevgate.fuse.mount.MountOptions;
import org.cdevgate.fuse.protocol.DecodeError;
import org.cdevgate.fuse.protocol.FuseRequest;
import org.cdevgate.fuse.protocol.InitNegotiation;
import org.cdevgate.fuse.protocol.InitNegotiation.Offer;

/** Tries what no file tells for sure: a mount, and a namespace. Nothing stays. */
public final class Trials {
    private static final String MOUNT = "a mount";
    private static final String NAMESPACE = "a namespace";
    private static final long LIMIT_SECONDS = 10;

    private Trials() {}

    /** Mounts, reads which protocol the kernel offers, and unmounts. */
    public static Finding mount() {
        try {
            Path folder = Files.createTempDirectory("cdev-gate-doctor-").toRealPath();
            try {
                Offer offer = offer(folder);
                String version = "FUSE " + offer.major() + "." + offer.minor();
                return offer.minor() >= InitNegotiation.MIN_MINOR
                        ? Finding.good(MOUNT, "can be made; the kernel speaks " + version)
                        : Finding.missing(
                                MOUNT,
                                "the kernel speaks "
                                        + version
                                        + ", and 7."
                                        + InitNegotiation.MIN_MINOR
                                        + " (Linux 5.4) is needed",
                                null);
            } finally {
                Files.delete(folder);
            }
        } catch (IOException e) {
            return Finding.missing(MOUNT, "cannot be made: " + e.getMessage(), null);
        }
    }

    private static Offer offer(Path folder) throws IOException {
        KernelMount mount =
                KernelMount.mount(new MountOptions(folder, "cdev-gate-doctor", false), () -> {});
        try (FuseChannel channel = mount.channel()) {
            try {
                InitNegotiation.Wanted wanted =
                        InitNegotiation.Wanted.standard(NativeBuffer.pageBytes());
                NativeBuffer buffer = NativeBuffer.allocate(wanted.maxWrite() + 4096);
                FuseRequest request = new FuseRequest(buffer.bytes());
                int length = channel.newReceiver(buffer).receive();
                if (length < 0 || request.wrap(length) != DecodeError.NONE) {
                    throw new IOException("the kernel does not begin with INIT");
                }
                return request.initOffer();
            } finally {
                mount.detach();
            }
        }
    }

    /** Has unshare(1) make one as run does. */
    public static Finding namespace(Machine machine) {
        List<String> command = new ArrayList<>(List.of("unshare", "-m"));
        if (!machine.isRoot()) {
            command.addAll(List.of("-U", "--map-current-user"));
        }
        command.add("true");
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return Finding.missing(NAMESPACE, "unshare does not end", null);
            }
            String said =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.exitValue() == 0
                    ? Finding.good(NAMESPACE, "can be made")
                    : Finding.missing(
                            NAMESPACE,
                            "cannot be made: "
                                    + said.strip().replace('\n', ' ')
                                    + " (a container may need --privileged); use --at",
                            null);
        } catch (IOException e) {
            return Finding.missing(NAMESPACE, "cannot be tried: " + e.getMessage(), null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Finding.missing(NAMESPACE, "the trial was interrupted", null);
        }
    }
}
