/**
 * Broken twins: the known wrong designs, each a small class, and for each a scenario that forces
 * the interleaving in which it does what a gate must never do. The same scenario, played on correct
 * gates, shows that it can tell them apart. {@link org.cdevgate.gate.stress.twins.Twins} lists
 * them; two that are about the order of memory accesses are jcstress tests.
 *
 * <p>The twins of {@link org.cdevgate.gate.stress.peers.RemovableGate} and {@link
 * org.cdevgate.gate.stress.peers.SleepingGate} stop nowhere unless they are given {@link
 * org.cdevgate.gate.stress.script.PausePoints}, so that a model checker can drive them as well.
 */
package org.cdevgate.gate.stress.twins;
