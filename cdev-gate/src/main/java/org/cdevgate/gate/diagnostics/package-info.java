/**
 * What a removal tells about itself: how much is measured ({@link
 * org.cdevgate.gate.diagnostics.DiagnosticLevel}), its Flight Recorder events, and its {@link
 * org.cdevgate.gate.diagnostics.RemovalTimeline timeline} for a trace viewer. Knows names, threads
 * and times, never gates or drivers.
 */
package org.cdevgate.gate.diagnostics;
