/**
 * What calls a driver though no process does: interrupts, timers, work, notifiers. Each can be shut
 * down so that nothing of it runs afterwards. It belongs to a bound device, and then each call has
 * a proof that this is bound; timers and work may belong to a gate instead, for drivers without a
 * bus.
 */
@NullMarked
package org.cdevgate.async;

import org.jspecify.annotations.NullMarked;
