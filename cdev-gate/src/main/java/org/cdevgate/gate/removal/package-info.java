/**
 * The words of a removal: what its caller chooses, what its wait came to, what it still waits for,
 * and what the device's callers see of it. Values; they know no gate.
 */
@NullMarked
package org.cdevgate.gate.removal;

import org.jspecify.annotations.NullMarked;
