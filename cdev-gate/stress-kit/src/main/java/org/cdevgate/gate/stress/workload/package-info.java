/**
 * A seeded random workload on devices that come and go: threads, what they do to a device, how they
 * remove it, and a watchdog. Judges with {@link org.cdevgate.gate.stress.oracle}; knows no
 * particular driver.
 */
package org.cdevgate.gate.stress.workload;
