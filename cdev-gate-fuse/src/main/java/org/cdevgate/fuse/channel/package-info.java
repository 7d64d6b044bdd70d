/**
 * The way to the kernel: the descriptor of /dev/fuse, the memory that requests are read into,
 * mounting and unmounting.
 *
 * <p>Nothing here looks into a message. All native calls of this server go through this package,
 * with JNR-FFI; it runs on 64-bit Linux only.
 */
package org.cdevgate.fuse.channel;
