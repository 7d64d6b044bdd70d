package org.cdevgate.cli.hold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.cdevgate.cli.exit.CommandFailure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where sockets may lie, and what is done with those of the dead. */
class SocketFolderTest {
    @TempDir Path above;

    private Path inTemporary() throws Exception {
        return above.resolve("cdev-gate-" + Files.getAttribute(above, "unix:uid"));
    }

    private static String mode(Path folder) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(folder));
    }

    @Test
    void itIsMadeForItsOwnerAlone() throws Exception {
        Path runtime = Files.createDirectory(above.resolve("run"));
        SocketFolder.of(runtime.toString(), above);
        assertEquals("rwx------", mode(runtime.resolve("cdev-gate")));
        SocketFolder.of(null, above);
        assertEquals("rwx------", mode(inTemporary()));
    }

    @Test
    void aRuntimeFolderOfSomebodyElseIsNotTouched() throws Exception {
        // Root plays somebody else where it can; else the root of the files is root's.
        Path foreign = Files.createDirectory(above.resolve("run"));
        if ((int) Files.getAttribute(above, "unix:uid") == 0) {
            Files.setAttribute(foreign, "unix:uid", 65534);
        } else {
            foreign = Path.of("/");
        }
        SocketFolder.of(foreign.toString(), above);
        assertFalse(Files.exists(foreign.resolve("cdev-gate")));
        assertTrue(Files.isDirectory(inTemporary()));
        SocketFolder.of(above.resolve("missing").toString(), above);
    }

    @Test
    void aFolderThatOthersMayEnterIsRefused() throws Exception {
        Files.createDirectory(inTemporary());
        Files.setPosixFilePermissions(inTemporary(), PosixFilePermissions.fromString("rwxr-x---"));
        String message =
                assertThrows(CommandFailure.class, () -> SocketFolder.of(null, above)).getMessage();
        assertTrue(message.contains("rwxr-x---") && message.contains("chmod 700 "), message);
    }

    @Test
    void aLinkInItsPlaceIsRefused() throws Exception {
        Path elsewhere = Files.createDirectory(above.resolve("elsewhere"));
        Files.setPosixFilePermissions(elsewhere, PosixFilePermissions.fromString("rwx------"));
        Files.createSymbolicLink(inTemporary(), elsewhere);
        String message =
                assertThrows(CommandFailure.class, () -> SocketFolder.of(null, above)).getMessage();
        assertTrue(message.contains("set XDG_RUNTIME_DIR to a folder of your own"), message);
    }

    @Test
    void socketsOfTheDeadAreDeletedAndThoseOfTheLivingKept() throws Exception {
        SocketFolder folder = SocketFolder.of(null, above);
        try (ServerSocketChannel living = listen(folder.name("living"))) {
            listen(folder.name("dead")).close();
            List<SocketChannel> found = folder.connectAll();
            assertEquals(1, found.size());
            found.get(0).close();
            assertTrue(living.isOpen() && Files.exists(folder.name("living")));
            assertFalse(Files.exists(folder.name("dead")));
        }
    }

    private static ServerSocketChannel listen(Path socket) throws Exception {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        return server.bind(UnixDomainSocketAddress.of(socket));
    }
}
