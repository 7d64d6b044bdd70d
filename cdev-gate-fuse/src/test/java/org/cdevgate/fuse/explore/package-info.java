/**
 * Explores the threads of a session: small scenarios over a kernel of the model's, each under many
 * schedules. {@link org.cdevgate.fuse.explore.ModelLoader} loads the code under test rewritten, so
 * that its threads take turns; {@link org.cdevgate.fuse.explore.World} is one run; a {@link
 * org.cdevgate.fuse.explore.Strategy} says whose turn it is.
 */
package org.cdevgate.fuse.explore;
