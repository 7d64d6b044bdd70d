/**
 * What a front implements, which brings callers to a gate from elsewhere: a FUSE mount, a test. It
 * extends {@link org.cdevgate.gate.front.Caller} for who calls; {@link
 * org.cdevgate.gate.front.RequestSleeper} if it holds requests that sleep without a thread; {@link
 * org.cdevgate.gate.front.PollWatcher} if it serves poll; {@link
 * org.cdevgate.gate.front.MappedPages} if it serves mmap; and {@link
 * org.cdevgate.gate.front.RemovalListener} if it publishes devices by name. What it calls is {@code
 * org.cdevgate.gate.Front}.
 */
@NullMarked
package org.cdevgate.gate.front;

import org.jspecify.annotations.NullMarked;
