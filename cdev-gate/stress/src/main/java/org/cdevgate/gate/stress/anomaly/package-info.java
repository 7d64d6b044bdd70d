/**
 * Anomaly testing: the code of the gate is run again and again, and each time one more of its
 * allocations or calls fails, until a run comes to its end without; see docs/stress.md.
 */
package org.cdevgate.gate.stress.anomaly;
