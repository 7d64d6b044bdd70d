/**
 * The descriptor of /dev/fuse: requests come out of it, replies and notifications go into it.
 *
 * <p>Nothing here looks into a message.
 */
package org.cdevgate.fuse.channel;
