/**
 * Judges what happens to a device between its registration and its removal, by state of its own:
 * nothing here asks the gate whether a call is in flight or a file released. Knows no threads and
 * no workload.
 */
package org.cdevgate.gate.stress.oracle;
