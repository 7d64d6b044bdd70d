package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.List;
import org.cdevgate.fuse.TestMount.TemporaryMountPoint;
import org.cdevgate.fuse.harness.Closing;
import org.cdevgate.fuse.harness.JavaCommand;
import org.cdevgate.fuse.harness.Shell;
import org.cdevgate.fuse.mount.KernelMount;
import org.cdevgate.fuse.mount.MountOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A JVM that ends, or fails, anywhere while it mounts leaves no mount behind. */
@Timeout(60)
class ExitWhileMountingIT {
    private TemporaryMountPoint folder;

    @BeforeEach
    void prepare() throws IOException {
        folder = new TemporaryMountPoint();
    }

    @AfterEach
    void end() throws Exception {
        Closing.all(folder);
    }

    /** The moment is another one each time. */
    @RepeatedTest(4)
    void exitAsSoonAsTheMountIsThereLeavesNone() throws Exception {
        List<String> command = JavaCommand.of(ExitWhileMounting.class, folder.path().toString());
        Shell.run("\"$@\"", command.toArray(String[]::new)).expect(0);
        assertFalse(folder.isMounted(), "mounted after the end of the JVM");
    }

    @Test
    void whatIsRefusedAtTheLastMomentIsNotMounted() throws Exception {
        MountOptions options = new MountOptions(folder.path(), "it", false);
        IOException refusal =
                assertThrows(
                        IOException.class,
                        () ->
                                KernelMount.mount(
                                        options,
                                        () -> {
                                            throw new IOException("not now");
                                        }));
        assertEquals("not now", refusal.getMessage());
        assertFalse(folder.isMounted());
        DeviceMount.mount(folder.path()).close(); // nothing keeps the folder
        assertFalse(folder.isMounted());
    }
}
