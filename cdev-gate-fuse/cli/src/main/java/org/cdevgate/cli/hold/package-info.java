/**
 * Keeps a mount while others use it and ask for unplugs: the devices, the requests, and the ways in
 * which they come (standard input, a socket, a dialogue).
 */
@NullMarked
package org.cdevgate.cli.hold;

import org.jspecify.annotations.NullMarked;
