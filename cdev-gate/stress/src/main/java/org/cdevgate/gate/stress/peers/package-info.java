/**
 * The gate's alternatives as its peers: what one would write instead, each as fast and as correct
 * as its design can be, behind one small interface. They are here, and not in the library, so that
 * nobody chooses one by accident; they are measured against the real gate and run through the same
 * tests.
 */
package org.cdevgate.gate.stress.peers;
