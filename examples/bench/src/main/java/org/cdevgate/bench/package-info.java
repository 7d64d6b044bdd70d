/**
 * What {@code run.sh} measures the device server with, and JMH benchmarks of the gate alone; {@code
 * docs/performance.md} tells how to run and to read both.
 */
package org.cdevgate.bench;
