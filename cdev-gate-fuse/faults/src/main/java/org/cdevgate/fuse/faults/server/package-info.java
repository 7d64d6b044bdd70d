/**
 * The serving side: a JVM of its own with drivers that do what drivers do, which keeps the books on
 * every call, open file, thread and descriptor, independently of the library.
 */
package org.cdevgate.fuse.faults.server;
