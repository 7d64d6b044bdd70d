/**
 * Drivers that programs from a distribution accept, or where those want more than a node can be, C
 * programs written against the kernel's header; each a file to read in ten minutes. None has a
 * flag, a lock or a counter for its removal: that is the gate's. docs/real-programs.md says which
 * programs run on them.
 */
@NullMarked
package org.cdevgate.drivers;

import org.jspecify.annotations.NullMarked;
