/**
 * The gate's promises under jcstress: each test asks one question, runs its actors against each
 * other many thousand times, and says for each outcome why it may or may not happen. They use what
 * a driver and a front can use; those that look inside stand in {@link
 * org.cdevgate.gate.stress.inside}.
 *
 * <p>{@link org.cdevgate.gate.stress.WrongDesigns} shows that wrong designs do not keep them.
 */
package org.cdevgate.gate.stress;
