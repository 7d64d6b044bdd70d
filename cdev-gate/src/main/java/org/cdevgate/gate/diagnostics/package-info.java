/**
 * What a removal tells about itself, for who measures: how much is noted of calls ({@link
 * org.cdevgate.gate.diagnostics.DiagnosticLevel}), and a removal's {@link
 * org.cdevgate.gate.diagnostics.RemovalTimeline timeline} for a trace viewer. Knows names, threads
 * and times, never gates or drivers.
 */
@NullMarked
package org.cdevgate.gate.diagnostics;

import org.jspecify.annotations.NullMarked;
