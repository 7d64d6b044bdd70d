package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NotDirectoryException;
import java.util.List;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.driver.Sleep;
import org.cdevgate.fuse.harness.Shell;
import org.cdevgate.gate.FopsGate;
import org.junit.jupiter.api.Test;

/** Symbolic links to nodes, as processes see them. */
class LinkIT extends MountBase {
    private final FifoDriver driver = new FifoDriver(Sleep.THREADLESS);

    private FopsGate register(DeviceNode node) throws Exception {
        return mount.register(FopsGate.of(node.name(), driver), node, driver);
    }

    private String inMount(String script, int exit) throws Exception {
        return Shell.run("cd \"$1\" && " + script, mount.path()).expect(exit).strip();
    }

    @Test
    void aLinkLeadsToItsNodeByARelativePath() throws Exception {
        register(
                DeviceNode.named("sda")
                        .mode(0600)
                        .link("disk/by-id/serial-1234")
                        .link("disk/by-path/pci-0")
                        .link("first"));
        assertEquals("../../sda", inMount("readlink disk/by-id/serial-1234", 0));
        assertEquals("sda", inMount("readlink first", 0));
        assertEquals(mount.path("sda"), inMount("readlink -f disk/by-path/pci-0", 0));
        assertEquals("symbolic link 777 9 1", inMount("stat -c '%F %a %s %h' disk/by-id/*", 0));
        assertTrue(inMount("ls -l disk/by-id", 0).endsWith("serial-1234 -> ../../sda"));
        int fd = client.open(mount.path("disk/by-id/serial-1234"), OpenFlags.O_RDWR);
        client.write(fd, "abc").expect(3);
        assertEquals("abc", driver.drain());
        // The kernel lets nobody change a link's permissions, and its owner everybody who may.
        inMount("chmod 640 first", 0);
        assertEquals("640 777", inMount("stat -c %a sda; stat -c %a first", 0).replace('\n', ' '));
        inMount("touch -h -d '2001-02-03 04:05:06 UTC' first", 0);
        assertEquals("981173106", inMount("stat -c %Y first", 0));
    }

    @Test
    void aLinkPointsOutOfItsOwnDirectoryOnlyAsFarAsNeeded() throws Exception {
        register(
                DeviceNode.named("bus/usb/001/002")
                        .link("bus/usb/by-name/mouse")
                        .link("bus/mouse")
                        .link("bus/usb/001/mouse")
                        .link("mouse"));
        assertEquals(
                List.of("usb/001/002", "../001/002", "002", "bus/usb/001/002"),
                inMount("readlink bus/mouse bus/usb/by-name/mouse bus/usb/001/mouse mouse", 0)
                        .lines()
                        .toList());
        assertEquals("4", inMount("find . -type l -exec test -f {} \\; -print | wc -l", 0));
    }

    @Test
    void linksComeAndGoWithTheirNode() throws Exception {
        FopsGate gate = register(DeviceNode.named("sda").link("disk/by-id/x").link("y"));
        int fd = client.open(mount.path("disk/by-id/x"), OpenFlags.O_RDWR);
        assertEquals(
                ". ./disk ./disk/by-id ./disk/by-id/x ./sda ./y",
                inMount("find . | sort", 0).replace('\n', ' '));
        mount.remove(gate);
        client.tryOpen(mount.path("y"), OpenFlags.O_RDONLY).expect(Errno.ENOENT);
        client.tryOpen(mount.path("disk/by-id/x"), OpenFlags.O_RDONLY).expect(Errno.ENOENT);
        assertEquals(".", inMount("find .", 0));
        client.read(fd, 1).expect(Errno.ENODEV);

        FopsGate other = register(DeviceNode.named("sdb").link("y"));
        assertEquals("sdb", inMount("readlink y", 0));
        mount.remove(other);
    }

    @Test
    void aClashRegistersNothing() throws Exception {
        register(DeviceNode.named("sda").link("by-id/a"));
        String before = inMount("find . | sort", 0);
        for (DeviceNode node :
                List.of(
                        DeviceNode.named("new/b").link("new/c").link("sda"),
                        DeviceNode.named("new/b").link("by-id/a"),
                        DeviceNode.named("by-id/a").link("new/c"),
                        DeviceNode.named("new/b").link("by-id"),
                        DeviceNode.named("new/b").link("new/b"),
                        DeviceNode.named("new/b").link("new/c").link("new/c"))) {
            assertThrows(FileAlreadyExistsException.class, () -> register(node));
        }
        for (DeviceNode node :
                List.of(
                        DeviceNode.named("new/b").link("sda/c"),
                        DeviceNode.named("by-id/a/b"),
                        DeviceNode.named("new/b").link("new/b/c"),
                        DeviceNode.named("new/b").link("new"))) {
            assertThrows(NotDirectoryException.class, () -> register(node));
        }
        for (String name : List.of("../sda", "/sda", "a/../../b", "", "x".repeat(256))) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> register(DeviceNode.named("new/b").link(name)));
        }
        assertEquals(before, inMount("find . | sort", 0));
    }
}
