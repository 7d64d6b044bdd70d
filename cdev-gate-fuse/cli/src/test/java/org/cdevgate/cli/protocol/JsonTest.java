package org.cdevgate.cli.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** JSON there and back. */
class JsonTest {
    @Test
    void whatIsWrittenIsReadAgain() throws Exception {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("text", "a \"b\" \\ \n \u00e4\u20ac");
        object.put("number", 7);
        object.put("list", Arrays.asList(true, null, List.of(), Map.of("k", -1)));
        String text = Json.write(object);
        assertEquals(object, Json.read(text));
        assertTrue(text.chars().allMatch(c -> c >= ' ' && c < 0x7f), "more than ASCII: " + text);
    }

    @Test
    void depthIsBounded() {
        String deep = "{\"a\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}";
        Refusal refusal = assertThrows(Refusal.class, () -> Json.read(deep));
        assertEquals(Refusal.Code.BAD_JSON, refusal.code());
    }

    @Test
    void whatIsNoObjectIsRefusedWithItsBeginning() {
        String message =
                assertThrows(Refusal.class, () -> Json.read("\"" + "x".repeat(1000))).getMessage();
        assertTrue(message.length() < 400 && message.contains("xxxx…\""), message);
    }
}
