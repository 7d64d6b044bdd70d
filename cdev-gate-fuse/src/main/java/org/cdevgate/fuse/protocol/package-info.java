/**
 * The FUSE wire format of {@code linux/fuse.h}, protocol 7.31 to 7.45: requests are decoded in
 * place, replies and notifications are encoded in place, and what the kernel offered at INIT is
 * turned into what is agreed.
 *
 * <p>Everything here is a function of the bytes in a {@link java.nio.ByteBuffer} (heap or direct,
 * in native order). No I/O, no threads, no devices, and nothing allocated per message except where
 * a method says so. Each structure's fields stand at the offsets of the header's struct of the same
 * name; the header pads every struct so that 32-bit and 64-bit layouts agree.
 */
@NullMarked
package org.cdevgate.fuse.protocol;

import org.jspecify.annotations.NullMarked;
