/**
 * What a removal tells about itself: how much is measured ({@link
 * org.cdevgate.gate.diagnostics.DiagnosticLevel}) and its Flight Recorder events. Knows names,
 * threads and times, never gates or drivers.
 */
package org.cdevgate.gate.diagnostics;
