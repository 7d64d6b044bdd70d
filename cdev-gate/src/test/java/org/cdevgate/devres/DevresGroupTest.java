package org.cdevgate.devres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Groups do what those of drivers/base/devres.c do. */
class DevresGroupTest {
    private final List<String> events = new ArrayList<>();
    private final Devres devres = new Devres("i2c-1");

    private void add(String name) {
        devres.addAction(name, () -> events.add(name));
    }

    @AfterEach
    void off() {
        DevresDebug.disable();
    }

    @Test
    void groupsAreReleasedAsOne() {
        add("before");
        DevresGroup outer = devres.openGroup("outer");
        add("a");
        DevresGroup inner = devres.openGroup("inner");
        add("b");
        inner.close();
        add("c");
        outer.close();
        outer.close();
        add("after");
        assertTrue(inner.release());
        assertEquals(List.of("b"), events);
        assertFalse(inner.release());
        assertTrue(outer.release());
        assertEquals(List.of("b", "c", "a"), events);
        devres.releaseAll();
        assertEquals(List.of("b", "c", "a", "after", "before"), events);
    }

    @Test
    void aGroupGoesWithTheOneAroundIt() {
        DevresGroup outer = devres.openGroup("outer");
        DevresGroup inner = devres.openGroup("inner");
        add("inside");
        inner.close();
        outer.close();
        add("after");
        assertTrue(outer.release());
        assertFalse(inner.release());
        assertFalse(inner.remove());
        assertEquals(List.of("inside"), events);
        assertEquals(List.of("after"), devres.names());
    }

    @Test
    void ofTwoThatOverlapEachReleasesWhatIsItsOwn() {
        DevresGroup first = devres.openGroup("first");
        add("in first");
        DevresGroup second = devres.openGroup("second");
        add("in both");
        first.close();
        add("in second");
        second.close();
        add("in neither");
        assertTrue(first.release());
        assertEquals(List.of("in both", "in first"), events);
        assertTrue(second.release());
        assertEquals(List.of("in both", "in first", "in second"), events);
        assertEquals(List.of("in neither"), devres.names());
    }

    @Test
    void theLaterOfTwoThatOverlapMayGoFirst() {
        DevresGroup first = devres.openGroup("first");
        add("in first");
        DevresGroup second = devres.openGroup("second");
        add("in both");
        first.close();
        add("in second");
        second.close();
        add("in neither");
        assertTrue(second.release());
        assertEquals(List.of("in second", "in both"), events);
        assertTrue(first.release());
        assertEquals(List.of("in second", "in both", "in first"), events);
        assertEquals(List.of("in neither"), devres.names());
    }

    @Test
    void aGroupThatIsStillOpenReachesToTheEnd() {
        add("before");
        DevresGroup open = devres.openGroup("open");
        add("inside");
        assertTrue(open.release());
        assertEquals(List.of("inside"), events);
        assertEquals(List.of("before"), devres.names());
    }

    @Test
    void closingAGroupThatIsGoneMarksNothing() {
        DevresGroup tried = devres.openGroup("tried");
        add("tried");
        assertTrue(tried.release());
        tried.close();
        add("after");
        assertFalse(tried.release(), "what came later is not in it");
        assertEquals(List.of("tried"), events);
        try (DevresGroup unbound = devres.openGroup("unbound")) {
            devres.releaseAll();
            assertFalse(unbound.release());
        }
        assertEquals(List.of("tried", "after"), events);
        assertThrows(IllegalStateException.class, () -> devres.openGroup("late"));
    }

    @Test
    void anOpenGroupInsideGoesToo() {
        DevresGroup outer = devres.openGroup("outer");
        DevresGroup open = devres.openGroup("open");
        add("inside");
        outer.close();
        add("in open");
        assertTrue(outer.release());
        assertEquals(List.of("inside"), events);
        open.close();
        assertFalse(open.release());
        assertEquals(List.of("in open"), devres.names());
    }

    @Test
    void whatIsInAGroupThatIsRemovedStaysManaged() {
        add("before");
        DevresGroup group = devres.openGroup("in case of failure");
        add("kept");
        group.close();
        assertTrue(group.remove());
        assertFalse(group.remove());
        assertFalse(group.release());
        assertEquals(List.of("before", "kept"), devres.names());
        devres.releaseAll();
        assertEquals(List.of("kept", "before"), events);
    }

    @Test
    void aGroupThatIsReleasedInAReleaseIsAMisuse() {
        List<DevresMisuse> misuses = new ArrayList<>();
        DevresDebug.enable(misuses::add);
        Devres watched = new Devres("i2c-2");
        DevresGroup group = watched.openGroup("group");
        group.close();
        watched.addAction("phy", group::release);
        watched.releaseAll();
        assertEquals(DevresMisuse.Kind.RELEASED_IN_A_RELEASE, misuses.get(0).kind());
        assertEquals("phy", misuses.get(0).resource());
    }

    /** Groups opened, closed, removed and released at random, beside the kernel's own algorithm. */
    @Test
    void anySequenceEndsAsTheKernels() {
        for (int seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            Devres ours = new Devres("device " + seed);
            KernelList kernels = new KernelList();
            List<String> released = new ArrayList<>();
            List<DevresGroup> groups = new ArrayList<>();
            for (int step = 0; step < 40; step++) {
                String name = "resource " + step;
                int which = groups.isEmpty() ? -1 : random.nextInt(groups.size());
                switch (random.nextInt(which < 0 ? 2 : 8)) {
                    case 0 -> {
                        groups.add(ours.openGroup("group " + groups.size()));
                        kernels.openGroup();
                    }
                    case 1, 2, 3, 4 -> {
                        ours.addAction(name, () -> released.add(name));
                        kernels.add(name);
                    }
                    case 5 -> {
                        groups.get(which).close();
                        kernels.closeGroup(which);
                    }
                    case 6 -> assertEquals(kernels.removeGroup(which), groups.get(which).remove());
                    default ->
                            assertEquals(kernels.releaseGroup(which), groups.get(which).release());
                }
                assertEquals(kernels.released, released, "seed " + seed + ", step " + step);
                assertEquals(kernels.names(), ours.names(), "seed " + seed + ", step " + step);
            }
        }
    }

    /** devres_open_group() and its relatives, on a plain list. */
    private static final class KernelList {
        private final List<Node> nodes = new ArrayList<>();
        private final List<Group> groups = new ArrayList<>();
        final List<String> released = new ArrayList<>();

        private static final class Node {
            final String name;
            final Group group;

            Node(String name, Group group) {
                this.name = name;
                this.group = group;
            }
        }

        private static final class Group {
            final Node opening = new Node("opening", this);
            final Node closing = new Node("closing", this);
            int color;
        }

        void add(String name) {
            nodes.add(new Node(name, null));
        }

        void openGroup() {
            Group group = new Group();
            groups.add(group);
            nodes.add(group.opening);
        }

        /** The kernel warns when the group is not there, and of a second time. */
        void closeGroup(int which) {
            Group group = groups.get(which);
            if (nodes.contains(group.opening) && !nodes.contains(group.closing)) {
                nodes.add(group.closing);
            }
        }

        boolean removeGroup(int which) {
            nodes.remove(groups.get(which).closing);
            return nodes.remove(groups.get(which).opening);
        }

        boolean releaseGroup(int which) {
            Group group = groups.get(which);
            int first = nodes.indexOf(group.opening);
            if (first < 0) {
                return false;
            }
            int closing = nodes.indexOf(group.closing);
            List<Node> range =
                    List.copyOf(nodes.subList(first, closing < 0 ? nodes.size() : closing + 1));
            List<String> todo = new ArrayList<>();
            for (Node node : range) {
                if (node.group != null) {
                    node.group.color = 0;
                } else {
                    todo.add(node.name);
                    nodes.remove(node);
                }
            }
            for (Node node : range) {
                if (node.group == null) {
                    continue;
                }
                node.group.color++;
                if (!nodes.contains(node.group.closing)) {
                    node.group.color++;
                }
                if (node.group.color == 2) {
                    nodes.remove(node.group.opening);
                    nodes.remove(node.group.closing);
                }
            }
            Collections.reverse(todo);
            released.addAll(todo);
            return true;
        }

        List<String> names() {
            return nodes.stream()
                    .filter(each -> each.group == null)
                    .map(each -> each.name)
                    .toList();
        }
    }
}
