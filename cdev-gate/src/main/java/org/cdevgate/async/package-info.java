/**
 * What calls a driver though no process does: interrupts, timers, work, notifiers. Each can be shut
 * down so that nothing of it runs afterwards, and each call has a proof that its device is bound.
 */
package org.cdevgate.async;
