/** The memory of callers: whether this process may use it, and the system calls that copy it. */
package org.cdevgate.fuse.memory;
