/** Temporary. */
package org.cdevgate.gate.diagnostics;
