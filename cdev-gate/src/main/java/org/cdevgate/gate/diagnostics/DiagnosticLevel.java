package org.cdevgate.gate.diagnostics;

/** Temporary. */
public enum DiagnosticLevel {
    /** a. */
    OFF,
    /** a. */
    COUNT,
    /** a. */
    SAMPLED,
    /** a. */
    FULL
}
