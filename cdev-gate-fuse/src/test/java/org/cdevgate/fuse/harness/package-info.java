/**
 * What the integration tests stand on: client processes, shell commands and waiting, each with a
 * time limit. The JVM that serves a mount never touches it; a process of its own does.
 */
package org.cdevgate.fuse.harness;
