/**
 * How the thread that waits for a request spends the time: asleep, looking again and again, or on
 * the processor of its client.
 */
@NullMarked
package org.cdevgate.fuse.waiting;

import org.jspecify.annotations.NullMarked;
