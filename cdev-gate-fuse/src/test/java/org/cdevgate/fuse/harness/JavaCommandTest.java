package org.cdevgate.fuse.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How tests start a JVM of their own. */
class JavaCommandTest {
    /** Who cannot look into the checkout is given what it needs outside of it. */
    @Test
    void anotherUserNeedsNoFileOfTheCheckout() {
        assertFalse(JavaCommand.flags().isEmpty());
        String checkout = Path.of("").toAbsolutePath().getParent().toString();
        List<String> reaching =
                JavaCommand.of("/elsewhere", Closing.class).stream()
                        .filter(word -> word.startsWith("@") || word.contains(checkout))
                        .toList();
        assertEquals(List.of(), reaching, "read by a user for whom the checkout is closed");
    }
}
