/**
 * The tests under jcstress that look inside the gate, at one step of a call, a hold or a removal
 * that a driver and a front meet only together with others: between two of them the fences of the
 * rest would hide what is asked. The accounting of calls they use as the gate does; what else a
 * gate does in steps {@link org.cdevgate.gate.stress.inside.GateSteps} takes one by one.
 */
package org.cdevgate.gate.stress.inside;
