/**
 * What the gate sees of a front's callers, requests and pollers, and keeps there: each of the types
 * that a front extends has its side here in it. Not exported, so that what the gate needs of them
 * is no method of theirs for others.
 */
@NullMarked
package org.cdevgate.gate.sides;

import org.jspecify.annotations.NullMarked;
