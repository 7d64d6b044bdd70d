package org.cdevgate.fuse.nodes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.cdevgate.fuse.protocol.FuseConstants;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.junit.jupiter.api.Test;

class HelperViewTest {
    private static final long ROOT = FuseConstants.FUSE_ROOT_ID;
    private static final int HELPER = (int) ProcessHandle.current().pid();
    private static final int OTHER = 1;

    private final NodeTree tree = new NodeTree(0, 0);
    private final HelperView view = new HelperView(tree, () -> HELPER, "proof");

    private Device add(String path, String... links) throws IOException {
        FopsGate gate = FopsGate.of("device", new FileOperations() {});
        return tree.add(
                new NodeDescription(path, List.of(links), 0600, 0, 0, false, 0), gate, null);
    }

    private void begin(boolean appear, List<Directory> way, Node node) {
        boolean directory = node instanceof Directory;
        view.begin(new HelperView.Batch(appear, directory, way, Map.of(node.name, node)));
    }

    @Test
    void aNameThatHasComeIsAbsentForTheHelperUntilItHasMadeIt() throws IOException {
        Device device = add("node");
        assertSame(device, view.lookup(ROOT, "node", HELPER).node(), "nothing is pending");
        begin(true, List.of(), device);
        assertNull(view.lookup(ROOT, "node", HELPER), "the helper would find EEXIST");
        assertSame(device, view.lookup(ROOT, "node", OTHER).node(), "others see the real tree");
        assertNull(view.lookup(ROOT, "another", HELPER));
        assertNull(view.make(ROOT, "node", false, OTHER));
        assertNull(view.make(ROOT, "node", true, HELPER));
        assertNull(view.make(ROOT, "another", false, HELPER));
        assertFalse(view.take(ROOT, "node", false, HELPER), "it is to be made");

        NodeTree.Found made = view.make(ROOT, "node", false, HELPER);
        assertInstanceOf(Link.class, made.node());
        assertNull(view.make(ROOT, "node", false, HELPER), "made twice");
        assertSame(device, tree.lookup(ROOT, "node").node());
        tree.forget(made.id(), 1);
        assertNull(tree.get(made.id()), "the phantom is kept for ever");
        view.end();
        assertSame(device, view.lookup(ROOT, "node", HELPER).node());
    }

    @Test
    void aDirectoryThatHasComeIsMadeAsADirectory() throws IOException {
        add("dir/node");
        begin(true, List.of(), tree.lookup(ROOT, "dir").node());
        assertNull(view.make(ROOT, "dir", false, HELPER));
        assertInstanceOf(Directory.class, view.make(ROOT, "dir", true, HELPER).node());
    }

    @Test
    void aNameThatHasGoneIsThereForTheHelperUntilItHasTakenItAway() throws IOException {
        Device device = add("node", "link");
        Link link = (Link) tree.lookup(ROOT, "link").node();
        tree.remove(device);
        begin(false, List.of(), link);
        assertNull(view.lookup(ROOT, "link", OTHER));
        for (int look = 0; look < 2; look++) {
            assertEquals(link.id, view.lookup(ROOT, "link", HELPER).id(), "its watchers hear it");
        }
        assertNotEquals(link.id, view.lookup(ROOT, "link", HELPER).id());
        assertFalse(view.take(ROOT, "link", false, OTHER));
        assertFalse(view.take(ROOT, "link", true, HELPER));
        assertNull(view.make(ROOT, "link", false, HELPER), "it is to be taken away");
        assertTrue(view.take(ROOT, "link", false, HELPER));
        assertFalse(view.take(ROOT, "link", false, HELPER), "taken away twice");
        assertNull(view.lookup(ROOT, "link", HELPER));
        assertNull(tree.lookup(ROOT, "link"));
    }

    /** Whoever unlinks waits for the inode's lock, with the directory's in hand. */
    @Test
    void whatIsTakenAwayIsAStandInAfterTheShellsFirstLooks() throws IOException {
        Device device = add("node");
        long known = tree.lookup(ROOT, "node").id();
        tree.remove(device);
        begin(false, List.of(), device);
        for (int look = 0; look < 2; look++) {
            NodeTree.Found real = view.lookup(ROOT, "node", HELPER);
            assertEquals(known, real.id());
            assertFalse(real.counted(), "a stream's id is counted once");
        }
        for (int i = 0; i < 3; i++) {
            NodeTree.Found standIn = view.lookup(ROOT, "node", HELPER);
            assertInstanceOf(Link.class, standIn.node());
            assertNotEquals(known, standIn.id(), "unlink would wait for a write that sleeps");
        }
    }

    @Test
    void aNodeThatTheKernelHasForgottenIsAStandInAtOnce() throws IOException {
        Device device = add("node");
        long known = tree.lookup(ROOT, "node").id();
        tree.remove(device);
        tree.forget(known, 1);
        begin(false, List.of(), device);
        assertInstanceOf(Link.class, view.lookup(ROOT, "node", HELPER).node());
    }

    /** rmdir(2) waits for whoever lists the directory, and that may be into slow memory. */
    @Test
    void aDirectoryIsTakenAwayByAStandInToo() throws IOException {
        Device device = add("dir/node");
        Directory directory = (Directory) tree.lookup(ROOT, "dir").node();
        tree.remove(device);
        begin(false, List.of(), directory);
        assertEquals(directory.id, view.lookup(ROOT, "dir", HELPER).id());
        assertEquals(directory.id, view.lookup(ROOT, "dir", HELPER).id());
        NodeTree.Found standIn = view.lookup(ROOT, "dir", HELPER);
        assertNotEquals(directory.id, standIn.id());
        assertInstanceOf(Directory.class, standIn.node());
    }

    @Test
    void aDirectoryOnTheWayThatIsStillThereIsFoundByEverybody() throws IOException {
        Device device = add("a/node");
        Directory a = (Directory) tree.lookup(ROOT, "a").node();
        begin(true, List.of(a), device);
        assertSame(a, view.lookup(ROOT, "a", HELPER).node());
        assertSame(a, view.lookup(ROOT, "a", OTHER).node());
        tree.remove(device);
        tree.forget(a.id, 3);
        assertEquals(1, tree.remembered());
    }

    @Test
    void theHelperWalksThroughDirectoriesThatHaveGone() throws IOException {
        Device old = add("a/b/node");
        Directory a = (Directory) tree.lookup(ROOT, "a").node();
        Directory b = (Directory) tree.lookup(a.id, "b").node();
        tree.remove(old);
        add("a/other");
        begin(false, List.of(a, b), old);
        assertSame(a, view.lookup(ROOT, "a", HELPER).node());
        assertSame(b, view.lookup(a.id, "b", HELPER).node());
        assertNotSame(a, view.lookup(ROOT, "a", OTHER).node());
        assertNull(view.lookup(ROOT, "b", HELPER), "b is not in the root");
        assertNotNull(
                view.lookup(b.id, "proof", HELPER).node(), "the helper is where it should be");
        assertNull(view.lookup(b.id, "proof", OTHER));
        assertNull(view.lookup(a.id, "proof", HELPER), "the helper would work in the wrong folder");
        assertNotNull(view.lookup(b.id, "node", HELPER).node());
        assertNotEquals(a, tree.lookup(ROOT, "a").node());
    }
}
