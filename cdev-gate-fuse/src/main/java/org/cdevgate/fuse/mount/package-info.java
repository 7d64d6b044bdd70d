/**
 * Mounting and unmounting, as root or through fusermount3, and clearing what a dead server left.
 */
package org.cdevgate.fuse.mount;
