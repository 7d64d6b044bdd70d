/**
 * What was proposed for the kernel's character devices, as models that run: each does what its
 * patch does, as far as it bears on removal, and breaks a promise that the real gate keeps. {@link
 * org.cdevgate.gate.stress.proposals.Proposals} lists them, and prints which promises they keep.
 */
package org.cdevgate.gate.stress.proposals;
