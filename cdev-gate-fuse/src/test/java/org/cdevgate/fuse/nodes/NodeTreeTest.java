package org.cdevgate.fuse.nodes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NotDirectoryException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.cdevgate.fuse.protocol.FuseConstants;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodeTreeTest {
    private static final long ROOT = FuseConstants.FUSE_ROOT_ID;

    private final NodeTree tree = new NodeTree(0, 0);

    private Device add(String path) throws IOException {
        FopsGate gate = FopsGate.of("device", new FileOperations() {});
        return tree.add(new NodeDescription(path, List.of(), 0600, 0, 0, false, 0), gate, null);
    }

    private Device addWithLinks(String path, String... links) throws IOException {
        FopsGate gate = FopsGate.of("device", new FileOperations() {});
        return tree.add(
                new NodeDescription(path, List.of(links), 0600, 0, 0, false, 0), gate, null);
    }

    private Directory root() {
        return (Directory) tree.get(ROOT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "/a", "a/", "a//b", ".", "..", "a/../b", "a\0b"})
    void aNameThatCouldLeaveTheMountOrNotBeReachedIsRefused(String name) {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> add(name));
        assertTrue(refused.getMessage().startsWith("device name"), refused.getMessage());
        assertEquals(1, tree.remembered(), "a refused name left something behind");
    }

    @Test
    void aNameMayHave255BytesNotCharacters() throws IOException {
        assertNotNull(add("x".repeat(255)));
        assertThrows(IllegalArgumentException.class, () -> add("x".repeat(256)));
        assertThrows(IllegalArgumentException.class, () -> add("ä".repeat(128)));
    }

    @Test
    void aNameInUseIsRefusedAndLeavesNoFolderBehind() throws IOException {
        add("input/event0");
        assertThrows(FileAlreadyExistsException.class, () -> add("input/event0"));
        assertThrows(FileAlreadyExistsException.class, () -> add("input"));
        assertThrows(NotDirectoryException.class, () -> add("input/event0/deeper/x"));
        assertEquals(1, tree.all().size());
        assertNull(tree.lookup(ROOT, "deeper"));
    }

    @Test
    void foldersComeWithTheFirstDeviceAndGoWithTheLast() throws IOException {
        Device first = add("a/b/one");
        Device second = add("a/two");
        tree.remove(first);
        Directory a = (Directory) tree.lookup(ROOT, "a").node();
        assertNull(tree.lookup(a.id, "b"), "an empty folder is still shown");
        tree.remove(second);
        assertNull(tree.lookup(ROOT, "a"));
        tree.forget(a.id, 1);
        assertEquals(1, tree.remembered(), "ids that the kernel gave back are kept");
    }

    @Test
    void eachLookupOfADeviceHasAnIdOfItsOwnUntilItIsForgotten() throws IOException {
        Device device = add("fifo");
        NodeTree.Found first = tree.lookup(ROOT, "fifo");
        NodeTree.Found second = tree.lookup(ROOT, "fifo");
        assertNotEquals(first.id(), second.id(), "openings would share an inode lock");
        assertSame(device, tree.get(first.id()));
        tree.remove(device);
        assertNull(tree.lookup(ROOT, "fifo"));
        assertSame(device, tree.get(second.id()), "an open descriptor lost its device");
        tree.forget(first.id(), 1);
        tree.forget(second.id(), 1);
        assertNull(tree.get(first.id()));
        assertEquals(1, tree.remembered());
    }

    @Test
    void aReusedNameNeverReachesTheOldDevice() throws IOException {
        Device old = add("fifo");
        long id = tree.lookup(ROOT, "fifo").id();
        tree.remove(old);
        Device fresh = add("fifo");
        assertSame(fresh, tree.lookup(ROOT, "fifo").node());
        assertSame(old, tree.get(id));
        assertNotEquals(old.id, fresh.id, "st_ino of two devices");
    }

    @Test
    void aListingShowsEachNodeThatStaysOnceWhileOthersComeAndGo() throws IOException {
        List<Device> coming = new ArrayList<>();
        List<String> staying = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            add("stay" + i);
            staying.add("stay" + i);
            coming.add(add("go" + i));
        }
        List<String> seen = new ArrayList<>();
        long position = 0;
        for (int round = 0; ; round++) {
            List<Node> page = tree.list(root(), position, 7);
            if (page.isEmpty()) {
                break;
            }
            for (Node node : page) {
                seen.add(node.name);
                position = node.id;
            }
            if (!coming.isEmpty()) {
                tree.remove(coming.remove(coming.size() - 1));
                tree.remove(coming.remove(0));
            }
            if (round < 3) {
                add("late" + round);
            }
        }
        seen.removeIf(name -> !name.startsWith("stay"));
        assertEquals(staying, seen);
    }

    /** Counted below zero, the next lookup would not keep the node, and its user got ESTALE. */
    @ParameterizedTest
    @ValueSource(longs = {2, Long.MAX_VALUE, Long.MIN_VALUE, -1})
    void aKernelThatGivesBackMoreThanItHasLosesNothingThatItLooksUpLater(long lookups)
            throws IOException {
        FopsGate gate = FopsGate.builder("disk", new FileOperations() {}).seekable(() -> 1).build();
        Device disk =
                tree.add(new NodeDescription("disk", List.of(), 0600, 0, 0, false, 0), gate, null);
        long id = tree.lookup(ROOT, "disk").id();
        tree.forget(id, lookups);
        assertEquals(id, tree.lookup(ROOT, "disk").id());
        tree.remove(disk);
        assertSame(disk, tree.get(id), "an open descriptor's node is forgotten");
        tree.forget(id, 1);
        assertNull(tree.get(id), "remembered for ever");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void theNodesOfOneGateShareWhatItsSleepersHoldAndGoOneByOne(int goesFirst) throws IOException {
        FopsGate gate = FopsGate.of("port", new FileOperations() {});
        List<Device> nodes = new ArrayList<>();
        for (int minor = 0; minor < 3; minor++) {
            nodes.add(
                    tree.add(
                            new NodeDescription(
                                    "port" + minor, List.of(), 0600, 0, 0, false, minor),
                            gate,
                            null));
        }
        Device other = add("other");
        for (Device each : nodes) {
            assertSame(nodes.get(0).share, each.share);
        }
        assertNotSame(nodes.get(0).share, other.share);
        while (!nodes.isEmpty()) {
            tree.remove(nodes.remove(Math.min(goesFirst, nodes.size() - 1)));
            Set<Device> left = new HashSet<>(nodes);
            left.add(other);
            assertEquals(left, new HashSet<>(tree.all()));
            assertEquals(left.size(), tree.all().size());
        }
    }

    @Test
    void linksComeAndGoInOneStepWithTheirNode() throws IOException {
        Device device = addWithLinks("sda", "by-id/x", "first");
        Directory byId = (Directory) tree.lookup(ROOT, "by-id").node();
        Link link = (Link) tree.lookup(byId.id, "x").node();
        assertEquals("../sda", new String(link.target, StandardCharsets.US_ASCII));
        tree.remove(device);
        assertNull(tree.lookup(ROOT, "first"));
        assertNull(tree.lookup(ROOT, "by-id"));
        assertSame(link, tree.get(link.id), "a link that the kernel still knows is forgotten");
        tree.forget(link.id, 1);
        tree.forget(byId.id, 1);
        assertEquals(1, tree.remembered());
    }

    @Test
    void aLinkThatClashesRegistersNothing() throws IOException {
        add("sda");
        assertThrows(FileAlreadyExistsException.class, () -> addWithLinks("x/b", "x/c", "sda"));
        assertThrows(FileAlreadyExistsException.class, () -> addWithLinks("x/b", "x/b"));
        assertThrows(NotDirectoryException.class, () -> addWithLinks("x/b", "sda/c"));
        assertThrows(NotDirectoryException.class, () -> addWithLinks("x/b", "x"));
        assertThrows(IllegalArgumentException.class, () -> addWithLinks("x/b", "x/c", "../up"));
        assertNull(tree.lookup(ROOT, "x"));
        assertEquals(2, root().byId.size() + tree.all().size());
        assertEquals(1, tree.remembered());
    }

    @Test
    void whoWatchesHearsOfEveryNameInOrderAndOfItsDirectory() throws IOException {
        List<String> heard = new ArrayList<>();
        tree.watchedBy(
                new NodeTree.Watcher() {
                    @Override
                    public void appeared(List<Directory> way, Node node) {
                        hear("+", way, node);
                    }

                    @Override
                    public void vanished(List<Directory> way, Node node) {
                        hear("-", way, node);
                    }

                    private void hear(String sign, List<Directory> way, Node node) {
                        StringBuilder path = new StringBuilder(sign);
                        way.forEach(directory -> path.append(directory.name).append('/'));
                        heard.add(path + node.name);
                    }
                });
        Device device = addWithLinks("a/b/c", "a/x");
        tree.remove(device);
        assertEquals(
                List.of("+a", "+a/b", "+a/b/c", "+a/x", "-a/x", "-a/b/c", "-a/b", "-a"), heard);
    }
}
