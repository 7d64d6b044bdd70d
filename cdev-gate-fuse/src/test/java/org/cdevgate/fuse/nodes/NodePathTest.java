package org.cdevgate.fuse.nodes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NodePathTest {
    private static String refusal(String path) {
        return assertThrows(
                        IllegalArgumentException.class, () -> new NodePath("device", path), path)
                .getMessage();
    }

    @ParameterizedTest
    @CsvSource({
        "first, sda, sda",
        "disk/by-id/x, sda, ../../sda",
        "disk/by-id/x, disk/sda, ../sda",
        "disk/x, disk/by-id/sda, by-id/sda",
        "x, bus/usb/001/002, bus/usb/001/002",
        "a/b/x, a/c/y, ../c/y",
        "a/a, b/a, ../b/a",
        "a/b/a, a/b/b, b",
        "ab/x, a/x, ../a/x",
    })
    void aLinkPointsByTheShortestWayThatStaysInside(String link, String node, String target) {
        byte[] bytes = new NodePath("link", link).targetTo(new NodePath("device", node));
        assertEquals(target, new String(bytes, StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "/", "/etc/passwd", "..", "../x", "a/../../x", "a/./b", "a//b", "a/"})
    void aPathThatCouldLeaveTheMountIsRefused(String path) {
        String message = refusal(path);
        assertTrue(message.contains("\"" + path + "\"") && message.contains("give"), message);
    }

    @Test
    void aSecondSpellingOfANameIsRefused() {
        // As FuseName decodes the two bytes of "\u00e4" if they are not taken together.
        assertTrue(refusal("\uDCC3\uDCA4").contains("escaped bytes"));
        // Bytes that are no text have only this spelling.
        assertEquals(2, new NodePath("device", "\uDCC0\uDCAF").last().bytes().length);
        assertTrue(refusal("\uD800").contains("surrogate"));
    }

    @Test
    void partsAndPathsAreAsLongAsTheKernelTakesThem() {
        assertEquals(255, new NodePath("device", "x".repeat(255)).last().bytes().length);
        assertTrue(refusal("x".repeat(256)).contains("256"));
        assertTrue(refusal("\u00e4".repeat(128)).contains("256"));
        String deep = ("x".repeat(254) + "/").repeat(16); // 4080 bytes
        assertEquals(15, new NodePath("device", deep + "y".repeat(15)).last().bytes().length);
        assertTrue(refusal(deep + "y".repeat(16)).contains("4096"));
    }

    @Test
    void aTargetThatReadlinkCouldNotGiveIsRefused() {
        NodePath deep = new NodePath("link", "a/".repeat(2000) + "x");
        NodePath node = new NodePath("device", "b");
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> deep.targetTo(node));
        assertTrue(refused.getMessage().contains("6001"), refused.getMessage());
    }
}
