/**
 * The descriptor of /dev/fuse: requests come out of it, replies and notifications go into it.
 *
 * <p>Nothing here looks into a message.
 */
@NullMarked
package org.cdevgate.fuse.channel;

import org.jspecify.annotations.NullMarked;
