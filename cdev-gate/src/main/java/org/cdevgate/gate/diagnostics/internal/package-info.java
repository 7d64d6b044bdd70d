/**
 * How the gate comes by what it tells: its Flight Recorder events ({@link
 * org.cdevgate.gate.diagnostics.internal.FlightEvents}), what is noted of a removal ({@link
 * org.cdevgate.gate.diagnostics.internal.TimelineRecorder}), and what a thread waits for ({@link
 * org.cdevgate.gate.diagnostics.internal.ThreadGraph}). Not exported.
 */
@NullMarked
package org.cdevgate.gate.diagnostics.internal;

import org.jspecify.annotations.NullMarked;
