package org.cdevgate.checks.pictures;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The pictures are those that the code of today gives; draws them anew if it is told to. */
class PicturesTest {
    /** True to write the files and not to compare them. */
    private static final boolean WRITE = Boolean.getBoolean("cdevgate.pictures.write");

    private static final Path ROOT = Path.of("../..");
    private static final Path PICTURES = ROOT.resolve("docs/pictures");

    /** The folders of the modules that the graphs show, with the colour of each. */
    private static final Map<String, String> COLOURS = new LinkedHashMap<>();

    static {
        COLOURS.put("cdev-gate", "#dce9f7");
        COLOURS.put("cdev-gate-fuse", "#fbe5cc");
        COLOURS.put("cdev-gate-fuse/drivers", "#fbe5cc");
        COLOURS.put("cdev-gate/stress-kit", "#e3f2dc");
        COLOURS.put("cdev-gate/stress", "#e3f2dc");
        COLOURS.put("cdev-gate-fuse/faults", "#e3f2dc");
        COLOURS.put("examples", "#eee");
    }

    private static void assertUpToDate(String name, String drawn) throws IOException {
        Path file = PICTURES.resolve(name + ".svg");
        if (WRITE) {
            Files.writeString(file, drawn);
            return;
        }
        assertEquals(
                Files.exists(file) ? Files.readString(file) : "",
                drawn,
                name + ".svg shows what is not so any more: run bash docs/pictures/make.sh");
    }

    @Test
    void packagesUseEachOtherAsDrawn() throws IOException {
        List<String> libraries = List.of("cdev-gate", "cdev-gate-fuse");
        Map<String, String> colours = new TreeMap<>();
        List<Map<String, Set<String>>> all = new ArrayList<>();
        for (String library : libraries) {
            Map<String, Set<String>> packages = Dependencies.ofPackages(ROOT, library);
            packages.keySet().forEach(name -> colours.put(name, COLOURS.get(library)));
            all.add(packages);
        }
        String drawn =
                new LayeredGraph(Dependencies.within(all))
                        .draw(
                                "Which package uses which",
                                colours::get,
                                List.of(
                                        "blue: cdev-gate, orange: cdev-gate-fuse; an arrow leads to"
                                                + " what is used.",
                                        "A use that follows from others is not drawn; one that"
                                                + " closes a circle is red."));
        assertUpToDate("packages", drawn);
    }

    @Test
    void modulesUseEachOtherAsDrawn() throws IOException {
        Map<String, Map<String, Set<String>>> packages = new LinkedHashMap<>();
        Map<String, String> owners = new TreeMap<>(); // of a split package: the first module
        for (String module : COLOURS.keySet()) {
            packages.put(module, Dependencies.ofPackages(ROOT, module));
            packages.get(module).keySet().forEach(name -> owners.putIfAbsent(name, module));
        }
        Map<String, Set<String>> uses = new TreeMap<>();
        packages.forEach(
                (user, ofUser) -> {
                    Set<String> modules = new TreeSet<>();
                    ofUser.values()
                            .forEach(used -> used.forEach(name -> modules.add(owners.get(name))));
                    modules.remove(user);
                    uses.put(user, modules);
                });
        String drawn =
                new LayeredGraph(uses)
                        .draw(
                                "Which module uses which",
                                COLOURS::get,
                                List.of(
                                        "blue, orange: the libraries; green: tests of their own",
                                        "commands. Not drawn: examples/bench, examples/checks."));
        assertUpToDate("modules", drawn);
    }

    @Test
    void sequencesAreDrawnFromTheirText() throws IOException {
        List<Path> texts;
        try (Stream<Path> files = Files.list(PICTURES)) {
            texts = files.filter(file -> file.toString().endsWith(".txt")).sorted().toList();
        }
        assertFalse(texts.isEmpty(), "the texts are elsewhere");
        for (Path text : texts) {
            String name = text.getFileName().toString().replace(".txt", "");
            assertUpToDate(name, Sequence.read(text).draw());
        }
    }
}
