/** Devices of the command: asked for by kind, plugged in, unplugged as their plans say. */
@NullMarked
package org.cdevgate.cli.device;

import org.jspecify.annotations.NullMarked;
