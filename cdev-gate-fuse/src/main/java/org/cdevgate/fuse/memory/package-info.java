/** The memory of callers: whether this process may use it, and the system calls that copy it. */
@NullMarked
package org.cdevgate.fuse.memory;

import org.jspecify.annotations.NullMarked;
