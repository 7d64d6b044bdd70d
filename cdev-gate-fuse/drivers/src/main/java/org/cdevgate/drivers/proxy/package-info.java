/**
 * A driver that hands every verb on to a real node, so that a real device can be unplugged without
 * touching it.
 */
@NullMarked
package org.cdevgate.drivers.proxy;

import org.jspecify.annotations.NullMarked;
