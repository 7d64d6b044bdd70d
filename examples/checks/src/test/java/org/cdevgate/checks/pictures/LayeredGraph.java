package org.cdevgate.checks.pictures;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * A graph of who uses whom, with users above what they use. An edge that follows from others is
 * left out; one that closes a circle is drawn in red, upwards.
 *
 * <p>The usual steps (Sugiyama): layers by the longest way down; a place in each layer that a long
 * edge passes; places sorted by their neighbours' places; then moved towards their neighbours.
 */
final class LayeredGraph {
    private static final double BOX_HEIGHT = 26;
    private static final double LAYER_HEIGHT = 74;
    private static final double GAP = 22;
    private static final double MARGIN = 20;
    private static final int SWEEPS = 12;

    /** A node, or the place where an edge passes a layer. */
    private static final class Place {
        /** Null where an edge passes. */
        final String name;

        final double width;
        final List<Place> above = new ArrayList<>();
        final List<Place> below = new ArrayList<>();
        double x;
        double y;

        Place(String name) {
            this.name = name;
            width = name == null ? 0 : Svg.widthOf(name) + 16;
        }
    }

    /** Uses that can be drawn downwards, and those that close circles. */
    private final Map<String, Set<String>> down = new TreeMap<>();

    private final Map<String, Set<String>> circular = new TreeMap<>();
    private final Map<String, Integer> heights = new HashMap<>();
    private final Map<String, Place> nodes = new TreeMap<>();
    private final List<List<Place>> layers = new ArrayList<>();
    private final Map<String, List<List<Place>>> ways = new TreeMap<>();

    LayeredGraph(Map<String, Set<String>> uses) {
        uses.keySet().forEach(name -> down.put(name, new TreeSet<>()));
        Set<String> done = new HashSet<>();
        uses.keySet().forEach(name -> follow(name, uses, new HashSet<>(), done));
        down.replaceAll((user, used) -> withoutImplied(used));
        down.keySet().forEach(this::heightOf);
        makePlaces();
        sort();
        position();
    }

    private void follow(
            String name, Map<String, Set<String>> uses, Set<String> path, Set<String> done) {
        if (!done.add(name)) {
            return;
        }
        path.add(name);
        for (String used : uses.get(name)) {
            boolean closes = path.contains(used);
            (closes ? circular.computeIfAbsent(name, unknown -> new TreeSet<>()) : down.get(name))
                    .add(used);
            follow(used, uses, path, done);
        }
        path.remove(name);
    }

    private Set<String> withoutImplied(Set<String> used) {
        Set<String> left = new TreeSet<>(used);
        for (String each : used) {
            left.removeIf(other -> !other.equals(each) && reaches(each, other));
        }
        return left;
    }

    private boolean reaches(String from, String to) {
        return from.equals(to) || down.get(from).stream().anyMatch(each -> reaches(each, to));
    }

    private int heightOf(String name) {
        Integer known = heights.get(name);
        if (known == null) {
            known = down.get(name).stream().mapToInt(each -> heightOf(each) + 1).max().orElse(0);
            heights.put(name, known);
        }
        return known;
    }

    private void makePlaces() {
        int top = heights.values().stream().mapToInt(height -> height).max().orElse(0);
        for (int i = 0; i <= top; i++) {
            layers.add(new ArrayList<>());
        }
        for (String name : down.keySet()) {
            nodes.put(name, addPlace(top - heights.get(name), name));
        }
        for (String user : down.keySet()) {
            List<List<Place>> ofUser = new ArrayList<>();
            for (String used : down.get(user)) {
                List<Place> way = new ArrayList<>(List.of(nodes.get(user)));
                for (int i = top - heights.get(user) + 1; i < top - heights.get(used); i++) {
                    way.add(addPlace(i, null));
                }
                way.add(nodes.get(used));
                for (int i = 1; i < way.size(); i++) {
                    way.get(i - 1).below.add(way.get(i));
                    way.get(i).above.add(way.get(i - 1));
                }
                ofUser.add(way);
            }
            ways.put(user, ofUser);
        }
    }

    private Place addPlace(int layer, String name) {
        Place place = new Place(name);
        place.y = MARGIN + layer * LAYER_HEIGHT;
        layers.get(layer).add(place);
        return place;
    }

    private void sort() {
        for (List<Place> layer : layers) {
            spread(layer);
        }
        for (int sweep = 0; sweep < SWEEPS; sweep++) {
            boolean downwards = sweep % 2 == 0;
            for (int i = 0; i < layers.size(); i++) {
                List<Place> layer = layers.get(downwards ? i : layers.size() - 1 - i);
                sortBy(layer, downwards ? place -> place.above : place -> place.below);
            }
        }
    }

    private static void sortBy(List<Place> layer, Function<Place, List<Place>> neighbours) {
        Map<Place, Double> wanted = new HashMap<>();
        layer.forEach(place -> wanted.put(place, mean(neighbours.apply(place), place.x)));
        layer.sort(Comparator.comparing(wanted::get));
        spread(layer);
    }

    private static double mean(List<Place> places, double otherwise) {
        return places.stream().mapToDouble(place -> place.x).average().orElse(otherwise);
    }

    /** Side by side, around 0. */
    private static void spread(List<Place> layer) {
        double x = 0;
        for (Place place : layer) {
            place.x = x + place.width / 2;
            x += place.width + GAP;
        }
        double middle = (x - GAP) / 2;
        layer.forEach(place -> place.x -= middle);
    }

    private void position() {
        for (int sweep = 0; sweep < SWEEPS; sweep++) {
            for (List<Place> layer : layers) {
                double[] wanted = new double[layer.size()];
                for (int i = 0; i < wanted.length; i++) {
                    List<Place> all = new ArrayList<>(layer.get(i).above);
                    all.addAll(layer.get(i).below);
                    wanted[i] = mean(all, layer.get(i).x);
                }
                place(layer, wanted);
            }
        }
        double left =
                nodes.values().stream()
                        .mapToDouble(place -> place.x - place.width / 2)
                        .min()
                        .orElse(0);
        for (List<Place> layer : layers) {
            layer.forEach(place -> place.x += MARGIN - left);
        }
    }

    /** As near to where they want to be as their order and widths let them. */
    private static void place(List<Place> layer, double[] wanted) {
        double[] fromLeft = wanted.clone();
        double[] fromRight = wanted.clone();
        for (int i = 1; i < wanted.length; i++) {
            fromLeft[i] = Math.max(wanted[i], fromLeft[i - 1] + distance(layer, i));
        }
        for (int i = wanted.length - 2; i >= 0; i--) {
            fromRight[i] = Math.min(wanted[i], fromRight[i + 1] - distance(layer, i + 1));
        }
        for (int i = 0; i < wanted.length; i++) {
            layer.get(i).x = (fromLeft[i] + fromRight[i]) / 2;
        }
    }

    private static double distance(List<Place> layer, int i) {
        return (layer.get(i - 1).width + layer.get(i).width) / 2 + GAP;
    }

    /**
     * The picture.
     *
     * @param colours of the nodes
     * @param legend lines below it
     */
    String draw(String title, Function<String, String> colours, List<String> legend) {
        Svg svg = new Svg();
        for (List<List<Place>> ofUser : ways.values()) {
            ofUser.forEach(way -> svg.arrow(curve(way), "#333", false));
        }
        circular.forEach(
                (user, used) ->
                        used.forEach(
                                each ->
                                        svg.arrow(
                                                curve(List.of(nodes.get(user), nodes.get(each))),
                                                "#c00",
                                                true)));
        double right = 0;
        for (Place node : nodes.values()) {
            double x = node.x - node.width / 2;
            svg.box(x, node.y, node.width, BOX_HEIGHT, colours.apply(node.name), node.name);
            right = Math.max(right, x + node.width);
        }
        double y = MARGIN + layers.size() * LAYER_HEIGHT - 10;
        for (String line : legend) {
            svg.text(MARGIN, y, "start", line);
            right = Math.max(right, MARGIN + Svg.widthOf(line));
            y += 18;
        }
        return svg.document(right + MARGIN, y, title);
    }

    /** From the lower side of the first box to the upper side of the last. */
    private static String curve(List<Place> way) {
        StringBuilder path = new StringBuilder();
        double x = way.get(0).x;
        double y = way.get(0).y + BOX_HEIGHT;
        path.append("M").append(Svg.number(x)).append(' ').append(Svg.number(y));
        for (Place place : way.subList(1, way.size())) {
            double middle = (y + place.y) / 2;
            path.append(" C").append(Svg.number(x)).append(' ').append(Svg.number(middle));
            path.append(' ').append(Svg.number(place.x)).append(' ').append(Svg.number(middle));
            path.append(' ').append(Svg.number(place.x)).append(' ').append(Svg.number(place.y));
            x = place.x;
            y = place.y;
            if (place.name == null) {
                y += BOX_HEIGHT;
                path.append(" L").append(Svg.number(x)).append(' ').append(Svg.number(y));
            }
        }
        return path.toString();
    }
}
