/** What is explored: a server, a driver that sleeps in every way, and what processes do to it. */
package org.cdevgate.fuse.explore.scenarios;
