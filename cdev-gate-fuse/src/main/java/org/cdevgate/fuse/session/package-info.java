/**
 * Threads between the channel and the nodes: who reads the next request, what is in flight, how an
 * interrupt finds its request, which thread sends notifications. Knows requests by their header
 * only; what they mean is the {@link org.cdevgate.fuse.session.RequestHandler}'s business.
 */
@NullMarked
package org.cdevgate.fuse.session;

import org.jspecify.annotations.NullMarked;
