package org.cdevgate.devres;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A misuse of managed resources that {@link DevresDebug} has seen, with the two stacks that belong
 * together.
 *
 * @param kind what was wrong
 * @param device whose resource it is
 * @param resource its name
 * @param first where the resource was registered; null if that is not known
 * @param second where the misuse happened, or what it collides with; see the kind; or null
 */
public record DevresMisuse(
        Kind kind,
        String device,
        String resource,
        @Nullable Throwable first,
        @Nullable Throwable second) {
    /** Checks that nothing is missing. */
    public DevresMisuse {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(device, "device");
        Objects.requireNonNull(resource, "resource");
    }

    /** What was wrong. */
    public enum Kind {
        /** Registered when no driver was bound; second: where the device was unbound. */
        REGISTERED_WHILE_UNBOUND("registered while no driver is bound"),
        /**
         * Something that still calls the driver (an interrupt handler, a work item, a timer) is
         * managed, so it goes on during the driver's own remove(), which may free what it uses;
         * second: where remove() began. A warning.
         */
        MIXED_WITH_REMOVE("still calls the driver while its remove() runs"),
        /** Handed to an object that outlives the binding; second: where it was handed over. */
        OUTLIVED("handed to an object that outlives the binding"),
        /** A release callback released another resource; second: where. */
        RELEASED_IN_A_RELEASE("releases another resource in its release");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        /** In words. */
        public String text() {
            return text;
        }
    }

    /** All of it, with both stacks, for people. */
    @Override
    public String toString() {
        StringWriter text = new StringWriter();
        try (PrintWriter out = new PrintWriter(text)) {
            out.println(device + ": " + resource + " " + kind.text());
            if (first != null) {
                first.printStackTrace(out);
            }
            if (second != null) {
                second.printStackTrace(out);
            }
        }
        return text.toString();
    }
}
