/**
 * The mount's directory tree, its open files, and what each request means for them: between the
 * {@link org.cdevgate.fuse.session session} and the gates. A removal is heard of here through
 * {@link org.cdevgate.gate.front.RemovalListener}.
 */
@NullMarked
package org.cdevgate.fuse.nodes;

import org.jspecify.annotations.NullMarked;
