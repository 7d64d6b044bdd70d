/**
 * The removal protocol: what a driver writes ({@link org.cdevgate.gate.FileOperations}), what its
 * verbs are given ({@link org.cdevgate.gate.Call}, {@link org.cdevgate.gate.OpenFile}), how they
 * sleep ({@link org.cdevgate.gate.WaitQueue}), and the gate that counts them and drains them
 * ({@link org.cdevgate.gate.FopsGate}). Fronts, which bring callers from elsewhere (a FUSE mount, a
 * test), call {@link org.cdevgate.gate.Front} and implement what is in {@link
 * org.cdevgate.gate.front}.
 */
@NullMarked
package org.cdevgate.gate;

import org.jspecify.annotations.NullMarked;
