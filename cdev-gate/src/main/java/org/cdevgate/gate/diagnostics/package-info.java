/**
 * What a removal tells about itself: how much is measured ({@link
 * org.cdevgate.gate.diagnostics.DiagnosticLevel}), its Flight Recorder events, its {@link
 * org.cdevgate.gate.diagnostics.RemovalTimeline timeline} for a trace viewer, and what a thread
 * waits for ({@link org.cdevgate.gate.diagnostics.ThreadGraph}). Knows names, threads and times,
 * never gates or drivers.
 */
@NullMarked
package org.cdevgate.gate.diagnostics;

import org.jspecify.annotations.NullMarked;
