/** What can be in flight in a gate, by name, and what is seen of it from outside. */
@NullMarked
package org.cdevgate.gate.calls;

import org.jspecify.annotations.NullMarked;
