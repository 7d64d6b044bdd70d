/**
 * The C library: the system calls that this server makes, with JNR-FFI, and memory outside the heap
 * for them. Native calls go through {@link org.cdevgate.fuse.libc.Libc} alone; it runs on 64-bit
 * Linux only.
 */
@NullMarked
package org.cdevgate.fuse.libc;

import org.jspecify.annotations.NullMarked;
