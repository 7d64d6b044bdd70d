/**
 * Broken twins of what is around the gate, each a small class, played as those of {@link
 * org.cdevgate.gate.stress.twins}: a scenario forces the interleaving in which the twin does what
 * must never happen, and on the real code, behind the same small interface, it shows nothing.
 * {@link org.cdevgate.device.stress.twins.DeviceTwins} lists them.
 */
package org.cdevgate.device.stress.twins;
