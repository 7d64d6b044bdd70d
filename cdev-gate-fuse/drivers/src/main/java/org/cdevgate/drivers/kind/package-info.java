/**
 * Kinds of devices by name, with options, found by {@link java.util.ServiceLoader}: what a command
 * or a test asks for as {@code disk,size=64K}. The library's own kinds are made like a user's.
 */
@NullMarked
package org.cdevgate.drivers.kind;

import org.jspecify.annotations.NullMarked;
