/**
 * Decides from what clients and server logged whether every outcome was allowed in the situation it
 * happened in. Knows nothing of how it came about.
 */
package org.cdevgate.fuse.faults.judge;
