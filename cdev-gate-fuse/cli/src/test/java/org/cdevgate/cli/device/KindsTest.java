package org.cdevgate.cli.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.cdevgate.cli.exit.CommandFailure;
import org.cdevgate.drivers.kind.DeviceKind;
import org.cdevgate.drivers.kind.DeviceKinds;
import org.cdevgate.drivers.kind.KindDevice;
import org.cdevgate.drivers.spec.InvalidSpecException;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.front.Caller;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A kind that a user has written, compiled and packed by himself. */
class KindsTest {
    private static final String SERVICE = "META-INF/services/" + DeviceKind.class.getName();

    private static final String BEEPER =
            """
            package acme;

            import java.nio.ByteBuffer;
            import java.util.List;
            import org.cdevgate.drivers.kind.*;
            import org.cdevgate.drivers.spec.Settings;
            import org.cdevgate.gate.*;

            public final class BeeperKind implements DeviceKind {
                public String name() { return "NAME"; }
                public String help() { return "says how loud it is"; }
                public List<KindOption> options() {
                    return List.of(new KindOption("rate", "3", "how loud"));
                }
                public KindDevice make(Settings settings) {
                    byte loud = (byte) settings.number("rate", 0, 11);
                    return KindDevice.of(new FileOperations() {
                        public int read(OpenFile f, ByteBuffer dst, long position, Call call) {
                            dst.put(0, loud);
                            return 1;
                        }
                    });
                }
            }
            """;

    @TempDir Path folder;

    private Path jar(String source, String service) throws IOException {
        Path file = Files.createDirectories(folder.resolve("src/acme")).resolve("BeeperKind.java");
        Files.writeString(file, source);
        Path classes = Files.createDirectories(folder.resolve("classes"));
        int status =
                ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                null,
                                null,
                                "-proc:none",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "-d",
                                classes.toString(),
                                file.toString());
        assertEquals(0, status, "the compiler's");
        Path jar = folder.resolve("beeper.jar");
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out);
                Stream<Path> made = Files.list(classes.resolve("acme"))) {
            for (Path each : made.toList()) {
                entries.putNextEntry(new JarEntry("acme/" + each.getFileName()));
                Files.copy(each, entries);
            }
            entries.putNextEntry(new JarEntry(SERVICE));
            entries.write(service.getBytes(StandardCharsets.UTF_8));
        }
        return jar;
    }

    @Test
    void aUsersKindStandsBesideTheOthers() throws Exception {
        Path jar = jar(BEEPER.replace("NAME", "beeper"), "acme.BeeperKind\n");
        DeviceKinds kinds = Kinds.load(List.of(jar));
        assertTrue(kinds.all().stream().anyMatch(each -> each.name().equals("null")));
        KindDevice device = kinds.make("beeper,rate=10");
        FopsGate gate = device.configure(FopsGate.builder("d0", device.driver())).build();
        OpenFile file = gate.front().open(0, Caller.local());
        ByteBuffer dst = ByteBuffer.allocate(1);
        assertEquals(1, gate.front().read(file, dst, 0, Caller.local()));
        assertEquals(10, dst.get(0));
        gate.unregisterSync();
        assertFalse(
                Kinds.load(List.of()).all().stream().anyMatch(each -> each.name().equals("beeper")),
                "it was not asked for");
    }

    @Test
    void aFolderOfClassesIsAsGoodAsAJar() throws Exception {
        jar(BEEPER.replace("NAME", "beeper"), "");
        Path service = folder.resolve("classes").resolve(SERVICE);
        Files.createDirectories(service.getParent());
        Files.writeString(service, "acme.BeeperKind");
        Kinds.load(List.of(folder.resolve("classes"))).make("beeper");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "beeper | acme.NoSuchKind | acme.NoSuchKind not found",
                "beeper | org.cdevgate.cli.exit.ExitCodes | org.cdevgate.cli.exit.ExitCodes not a subtype",
                "null   | acme.BeeperKind | two kinds have the name null"
            })
    void aKindThatIsWrongIsNamed(String name, String service, String message) throws Exception {
        Path jar = jar(BEEPER.replace("NAME", name), service);
        String told =
                assertThrows(InvalidSpecException.class, () -> Kinds.load(List.of(jar)))
                        .getMessage();
        assertTrue(told.contains(message), told);
        assertFalse(told.contains("\n"), told);
    }

    @Test
    void aKindThatFailsInItsBeginningIsNamed() throws Exception {
        String failing = "private final int no = Integer.parseInt(\"x\"); public String name()";
        Path jar = jar(BEEPER.replace("public String name()", failing), "acme.BeeperKind");
        String told =
                assertThrows(InvalidSpecException.class, () -> Kinds.load(List.of(jar)))
                        .getMessage();
        assertTrue(told.contains("acme.BeeperKind") && told.contains("NumberFormat"), told);
    }

    @Test
    void whatIsNoJarIsRefused() throws Exception {
        Path text = Files.writeString(folder.resolve("text"), "no jar");
        for (Path each : List.of(text, folder.resolve("missing"))) {
            String told =
                    assertThrows(CommandFailure.class, () -> Kinds.load(List.of(each)))
                            .getMessage();
            assertTrue(told.startsWith("--jar " + each + ": "), told);
            assertTrue(told.endsWith("; give the path of a jar"), told);
        }
    }
}
