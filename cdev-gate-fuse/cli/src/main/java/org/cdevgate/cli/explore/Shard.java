package org.cdevgate.cli.explore;

import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.cdevgate.drivers.spec.InvalidSpecException;
import org.cdevgate.drivers.spec.Quantity;

/**
 * One of several machines that share the points: every {@code of}-th is its own. They need not know
 * of each other, since each finds the same points.
 *
 * @param index from 1
 * @param of how many there are
 */
public record Shard(int index, int of) {
    /** All of them. */
    public static final Shard WHOLE = new Shard(1, 1);

    /** Reads {@code 2/5}. */
    public static Shard parse(String option, String text) {
        int slash = text.indexOf('/');
        if (slash > 0) {
            OptionalLong index = Quantity.number(text.substring(0, slash));
            OptionalLong of = Quantity.number(text.substring(slash + 1));
            if (index.isPresent()
                    && of.isPresent()
                    && index.getAsLong() >= 1
                    && index.getAsLong() <= of.getAsLong()
                    && of.getAsLong() <= Integer.MAX_VALUE) {
                return new Shard((int) index.getAsLong(), (int) of.getAsLong());
            }
        }
        throw new InvalidSpecException(
                option + " " + text + ": give I/N with I from 1 to N, such as 2/5");
    }

    /** Those that are its own. */
    <T> List<T> of(List<T> all) {
        return IntStream.range(0, all.size())
                .filter(each -> each % of == index - 1)
                .mapToObj(all::get)
                .toList();
    }
}
