/**
 * What was proposed for the kernel's character devices, as models that run: each does what its
 * patch does, as far as it bears on removal, and breaks a promise that the real gate keeps. {@link
 * org.cdevgate.gate.stress.proposals.Proposals} lists them with the scenario that shows it.
 */
package org.cdevgate.gate.stress.proposals;
