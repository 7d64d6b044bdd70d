package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.cdevgate.fuse.TestMount.TemporaryMountPoint;
import org.cdevgate.fuse.harness.JavaCommand;
import org.cdevgate.fuse.harness.ToolMissing;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A modular program with the jars as they are published: it mounts, registers a device, lets cat
 * read it and removes it. Launched by the line of docs/fuse.md, and in the other ways that work.
 */
class ModulePathIT {
    private static final Path DOCUMENT = Path.of("../docs/fuse.md");
    private static final int LIMIT_SECONDS = 180; // a JVM's start, on a machine with other work

    private static final String MAIN =
            """
            package your.app;

            import java.nio.ByteBuffer;
            import java.nio.file.Path;
            import java.util.concurrent.atomic.AtomicBoolean;
            import org.cdevgate.fuse.DeviceMount;
            import org.cdevgate.gate.Call;
            import org.cdevgate.gate.FileOperations;
            import org.cdevgate.gate.FopsGate;
            import org.cdevgate.gate.OpenFile;

            public final class Main implements FileOperations {
                @Override
                public int open(OpenFile file, Call call) {
                    file.setPrivateData(new AtomicBoolean());
                    return 0;
                }

                @Override
                public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
                    if (file.privateData(AtomicBoolean.class).getAndSet(true)) {
                        return 0;
                    }
                    dst.put(0, new byte[] {'h', 'i', '\\n'});
                    return 3;
                }

                public static void main(String[] args) throws Exception {
                    try (DeviceMount mount = DeviceMount.mount(Path.of("dev"))) {
                        FopsGate gate = mount.register("node", new Main());
                        int status = new ProcessBuilder("cat", "dev/node").inheritIO().start()
                                .waitFor();
                        System.out.println("cat ended with " + status);
                        System.out.println("removed: " + gate.unregisterSync());
                        System.out.println("modules: " + Main.class.getModule() + ", "
                                + FopsGate.class.getModule() + ", "
                                + DeviceMount.class.getModule());
                    }
                }
            }
            """;

    private static final String WORKED =
            """
            hi
            cat ended with 0
            removed: true
            modules: module your.app, module org.cdevgate.gate, module org.cdevgate.fuse
            """;

    /** The program's folder, with app.jar and lib. */
    @TempDir static Path program;

    private TemporaryMountPoint folder;

    @BeforeAll
    static void build() throws Exception {
        Path lib = Files.createDirectory(program.resolve("lib"));
        copy(built(Path.of("../cdev-gate/target")), lib);
        copy(built(Path.of("target")), lib);
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            String name = Path.of(entry).getFileName().toString();
            if (name.matches("(asm|jnr|jffi|jspecify|slf4j-api)-.*\\.jar")) {
                copy(Path.of(entry), lib);
            }
        }
        Path sources = Files.createDirectories(program.resolve("src"));
        Path module = Files.writeString(sources.resolve("module-info.java"), block("java"));
        Path main = Files.createDirectories(sources.resolve("your/app")).resolve("Main.java");
        Files.writeString(main, MAIN);
        Path classes = program.resolve("app.jar"); // a folder will do
        int status =
                ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                null,
                                null,
                                "--release",
                                "17",
                                "-p",
                                lib.toString(),
                                "-d",
                                classes.toString(),
                                module.toString(),
                                main.toString());
        assertEquals(0, status, "the program of the test does not compile");
    }

    private static void copy(Path jar, Path lib) throws IOException {
        Files.copy(jar, lib.resolve(jar.getFileName()));
    }

    /** The jar that the build has made. */
    private static Path built(Path target) throws IOException {
        try (DirectoryStream<Path> jars =
                Files.newDirectoryStream(target, "cdev-gate*[0-9T].jar")) {
            for (Path jar : jars) {
                return jar;
            }
        }
        throw new AssertionError(
                "no jar in "
                        + target.toAbsolutePath()
                        + "; run this by mvn verify, which makes it");
    }

    /** What docs/fuse.md shows on modules. */
    private static String block(String language) throws IOException {
        String section =
                Files.readString(DOCUMENT)
                        .split("(?m)^## On the module path$", 2)[1]
                        .split("(?m)^## ", 2)[0];
        Matcher block =
                Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(section);
        assertTrue(block.find(), "docs/fuse.md shows no " + language + " on modules");
        return block.group(1);
    }

    @BeforeEach
    void prepare() throws Exception {
        ToolMissing.require("cat", "coreutils");
        folder = new TemporaryMountPoint();
        Files.createSymbolicLink(program.resolve("dev"), folder.path());
    }

    @AfterEach
    void end() throws Exception {
        Files.delete(program.resolve("dev"));
        folder.close();
    }

    /** Runs it in the program's folder, by the JDK of the tests. */
    private static String outcome(String command) throws Exception {
        Path output = Files.createTempFile("module-path-", ".out");
        try {
            ProcessBuilder builder =
                    new ProcessBuilder("sh", "-c", command)
                            .directory(program.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile());
            String bin = Path.of(System.getProperty("java.home"), "bin").toString();
            builder.environment().merge("PATH", bin, (old, now) -> now + ":" + old);
            Process process = builder.start();
            try {
                process.getOutputStream().close();
                if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                    throw new AssertionError("hangs: " + command + "\n" + Files.readString(output));
                }
            } finally {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
            return Files.readString(output);
        } finally {
            Files.delete(output);
        }
    }

    private static void assertWorks(String command) throws Exception {
        List<String> lines = new ArrayList<>();
        String all = outcome(command);
        // No logger is among the modules, and newer JDKs warn of JNR-FFI where no flag forbids it,
        // with an empty line below.
        all.lines()
                .filter(line -> !line.startsWith("SLF4J") && !line.startsWith("WARNING"))
                .filter(line -> !line.isEmpty())
                .forEach(lines::add);
        assertEquals(WORKED.lines().toList(), lines, all);
    }

    @Test
    void theLaunchLineOfTheDocumentWorks() throws Exception {
        assertWorks(block("sh"));
    }

    @Test
    void theLaunchLineWithTheFlagsOfANewerJdkLeavesNoWarning() throws Exception {
        String flags = String.join(" ", JavaCommand.flags());
        String named = flags.replace("ALL-UNNAMED", "org.jnrproject.jffi");
        String command = block("sh").replaceFirst("^java ", "java " + named + " ");
        assertWorks(command);
        String said = outcome(command);
        assertTrue(
                said.lines().noneMatch(line -> line.startsWith("WARNING")),
                () -> "warned: " + said);
    }

    @Test
    void jnrMayLieOnTheClassPath() throws Exception {
        assertWorks(
                "java -p \"app.jar:$(ls -d lib/cdev-gate* lib/slf4j* | tr '\\n' :)\""
                        + " -cp 'lib/*' -m your.app/your.app.Main");
    }

    @Test
    void allMayLieOnTheClassPath() throws Exception {
        String all = outcome("java -cp 'app.jar:lib/*' your.app.Main");
        assertTrue(all.contains("cat ended with 0\nremoved: true\n"), all);
    }

    @Test
    void whoForgetsAsmIsToldTheOption() throws Exception {
        String all = outcome("java -p app.jar:lib -m your.app/your.app.Main");
        assertTrue(all.contains("--add-modules org.objectweb.asm"), all);
    }
}
