/**
 * The randomized soak of the gate itself: a driver that does everything a driver may do, nested
 * calls and attempts at self-removal included, under the workload's threads and removals.
 */
package org.cdevgate.gate.stress.soak;
