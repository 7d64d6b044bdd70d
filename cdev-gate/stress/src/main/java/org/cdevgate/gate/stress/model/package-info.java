/**
 * Explores the interleavings of small scenarios on the gate's own code, on its peers and on the
 * broken twins, with Lincheck's model checker. {@link org.cdevgate.gate.stress.model.ModelCheck} is
 * the command.
 *
 * <p>Lincheck runs a scenario again and again, one thread at a time, and switches threads at reads
 * and writes of shared fields and at locks; it finds a forbidden outcome and the threads that wait
 * for each other for ever. It takes memory as sequentially consistent, so what a weaker order does
 * is for jcstress.
 *
 * <p><b>The code explored is the real one</b> with two changes, made while it is loaded ({@link
 * org.cdevgate.gate.stress.model.ModelTransformer}): its static state is made anew for each run, so
 * that runs do not see each other's threads, and a thread that parks waits on a monitor, because
 * Lincheck lets every park end at once and so would hide a wake-up that was lost.
 */
package org.cdevgate.gate.stress.model;
