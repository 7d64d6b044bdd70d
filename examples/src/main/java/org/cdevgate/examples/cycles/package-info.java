/**
 * The GPIO adapter plugged in and unplugged ten thousand times under processes that use it, and
 * what is left behind: nothing.
 */
package org.cdevgate.examples.cycles;
