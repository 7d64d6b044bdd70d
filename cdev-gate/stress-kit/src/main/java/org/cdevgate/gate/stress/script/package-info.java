/**
 * Forced interleavings: code says where it can be stopped ({@link
 * org.cdevgate.gate.stress.script.PausePoints}), a script says which thread goes on to where, one
 * at a time ({@link org.cdevgate.gate.stress.script.Script}). What a stress test meets once in a
 * million runs happens here each time.
 */
package org.cdevgate.gate.stress.script;
