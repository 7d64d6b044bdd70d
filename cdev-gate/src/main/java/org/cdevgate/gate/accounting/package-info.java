/**
 * The accounting of calls in flight, and why it is correct: what a thread publishes when it enters
 * a gate, and how a remover finds it. Knows neither files nor drivers nor what a gate is; not
 * exported.
 *
 * <p><b>The protocol.</b> Each thread publishes its call in a {@link
 * org.cdevgate.gate.accounting.CallFrame} of its own {@link
 * org.cdevgate.gate.accounting.CallRecord}, as one word: the gate's id, whether a call is in
 * flight, and the number of the call. The id stays when the call has left.
 *
 * <pre>
 *   enter:  published = id, number, IN_FLIGHT (volatile)  remove:  state |= REMOVING (volatile)
 *           if (state is REMOVING) (volatile)                      for each frame of each record:
 *               clear IN_FLIGHT; refuse                                wait while published has
 *   exit:   clear IN_FLIGHT (release)                                  id and IN_FLIGHT (volatile)
 * </pre>
 *
 * <p><b>Why it is correct</b> (Java memory model). The four volatile accesses are synchronization
 * actions and so in one total order. If enter's read of the flag comes before the remover's write
 * of it, then enter's write of the frame, earlier in its thread, comes before the remover's read of
 * the frame, later in its thread: the remover sees that call or a later value of the frame. If it
 * comes after, enter is refused. A record or frame that is new is linked by a volatile write before
 * the call is published in it, so the same argument covers the walk over the list ({@link
 * org.cdevgate.gate.accounting.CallScan}). The remover goes on when it reads a value without this
 * gate's id or without IN_FLIGHT; that value was written by exit's release store or, later in the
 * same thread, by another release or volatile store, or by another gate's remover, whose
 * compare-and-set (EXTRAS) has read such a one; so everything the call did happens-before what the
 * remover does next.
 *
 * <p>Exit has no fence after its store, so it may miss a remover that has just begun to wait; the
 * remover therefore looks again by itself.
 */
@NullMarked
package org.cdevgate.gate.accounting;

import org.jspecify.annotations.NullMarked;
