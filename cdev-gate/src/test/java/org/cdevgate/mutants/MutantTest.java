package org.cdevgate.mutants;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A list of mutants says what it means, or is refused. */
class MutantTest {
    @TempDir Path folder;

    private static Mutant only(String... lines) {
        List<Mutant> all = Mutant.parse(List.of(lines));
        assertEquals(1, all.size());
        return all.get(0);
    }

    /** One that fits the sources that are compiled here. */
    private static Mutant of(String before, String after) {
        return only(
                "= it counts wrong", "Counter.java", "-" + before, "+" + after, "by test SomeTest");
    }

    private Path compiled(Mutant mutant) throws IOException {
        Path sources = folder.resolve("src");
        Path file = sources.resolve("org/cdevgate/Counter.java");
        Files.createDirectories(file.getParent());
        Files.writeString(
                file,
                """
                package org.cdevgate;

                class Counter {
                    private int count;

                    void up() {
                        count++;
                    }

                    void down() {
                        if (count > 0) {
                            count--;
                        }
                    }
                }
                """);
        Path into = folder.resolve("broken");
        new MutantCompiler(sources, folder.toString()).compile(mutant, into);
        return into.resolve("org/cdevgate/Counter.class");
    }

    /** Or the command would not try it; and that is seen long after the change that brought it. */
    @Test
    void theListsFitTheSources() throws IOException {
        MutantCompiler compiler = new MutantCompiler(Path.of("src/main/java"), "");
        Set<String> names = new HashSet<>();
        List<String> wrong = new ArrayList<>();
        for (Mutant each : Mutant.all()) {
            if (!names.add(each.name())) {
                wrong.add("'" + each.name() + "' is listed twice: call one otherwise");
            }
            try {
                compiler.changed(each);
            } catch (IllegalStateException e) {
                wrong.add(e.getMessage());
            }
        }
        assertEquals(List.of(), wrong, "in the lists beside " + Mutant.class);
    }

    @Test
    void anEntryIsRead() {
        List<Mutant> all =
                Mutant.parse(
                        List.of(
                                "# a comment",
                                "= first",
                                "A.java",
                                "-one();",
                                "-two();",
                                "+two();",
                                "B.java",
                                "-three();",
                                "+",
                                "by model two removals",
                                "",
                                "= second",
                                "A.java",
                                "-one();",
                                "+",
                                "argued because it is",
                                "    so"));
        Mutant first = all.get(0);
        assertEquals("first", first.name());
        assertEquals(
                List.of(
                        new Mutant.Edit("A.java", "one();\ntwo();\n", "two();\n"),
                        new Mutant.Edit("B.java", "three();\n", "\n")),
                first.edits());
        assertEquals("model two removals", first.catcher().toString());
        assertFalse(first.isQuick());
        assertEquals("because it is so", all.get(1).argument());
        assertTrue(all.get(1).isQuick());
    }

    @Test
    void whatNobodyHasToSeeIsRefused() {
        assertThrows(
                IllegalArgumentException.class, () -> only("= no catcher", "A.java", "-a", "+b"));
        assertThrows(IllegalArgumentException.class, () -> only("= no change", "by test SomeTest"));
        assertThrows(
                IllegalArgumentException.class,
                () -> only("= unknown", "A.java", "-a", "+b", "by chance"));
    }

    @Test
    void whiteSpaceDoesNotMatter() throws IOException {
        assertTrue(Files.exists(compiled(of("if(count>0){ count -- ; }", "count--;"))));
    }

    @Test
    void whatDoesNotFitAnyMoreIsRefused() {
        IllegalStateException refused =
                assertThrows(IllegalStateException.class, () -> compiled(of("count += 1;", "")));
        assertTrue(refused.getMessage().contains("'it counts wrong' does not fit Counter.java"));
    }

    @Test
    void whatFitsTwiceIsRefused() {
        IllegalStateException refused =
                assertThrows(IllegalStateException.class, () -> compiled(of("count", "other")));
        assertTrue(refused.getMessage().contains("fits Counter.java twice"));
    }

    @Test
    void whatDoesNotCompileIsRefused() {
        IllegalStateException refused =
                assertThrows(IllegalStateException.class, () -> compiled(of("count++;", "up;")));
        assertTrue(refused.getMessage().contains("does not compile"));
    }
}
