/**
 * The library broken on purpose, and whether its tests see it; docs/stress.md tells how to run it.
 */
package org.cdevgate.mutants;
