/**
 * Devices, drivers and buses: what is bound to what, in which order it is unbound, and the proof
 * that a device is bound while some code runs. Knows gates and managed resources, nothing of
 * fronts.
 */
@NullMarked
package org.cdevgate.device;

import org.jspecify.annotations.NullMarked;
