/**
 * The promises around the gate under jcstress: devices, managed and revocable resources, links, and
 * what calls a driver by itself. As the tests of {@link org.cdevgate.gate.stress}.
 */
package org.cdevgate.device.stress;
