/**
 * Mounting and unmounting, as root or through fusermount3, and clearing what a dead server left.
 */
@NullMarked
package org.cdevgate.fuse.mount;

import org.jspecify.annotations.NullMarked;
