/**
 * The scenarios: two or three threads, each with a few steps, and what must never be seen. Those of
 * {@link org.cdevgate.gate.stress.peers.RemovableGate} and {@link
 * org.cdevgate.gate.stress.peers.SleepingGate} are played on the real gate, its peers and the
 * broken twins; the others on the real gate.
 */
package org.cdevgate.gate.stress.model.scenarios;
