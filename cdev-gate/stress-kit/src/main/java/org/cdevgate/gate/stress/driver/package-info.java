/**
 * Stress your own driver: a seeded workload with removals in the middle on any {@link
 * org.cdevgate.gate.FileOperations}, and a report of what it found. docs/stress.md tells how.
 */
package org.cdevgate.gate.stress.driver;
