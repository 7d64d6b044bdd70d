/**
 * Asks a design of device removal what the gate promises. A {@link
 * org.cdevgate.gate.stress.design.Design} is a small model that runs; {@link
 * org.cdevgate.gate.stress.design.DesignMatrix} plays the scenarios of each {@link
 * org.cdevgate.gate.stress.design.Promise} on it and tells which it keeps. docs/stress.md tells
 * how.
 */
package org.cdevgate.gate.stress.design;
