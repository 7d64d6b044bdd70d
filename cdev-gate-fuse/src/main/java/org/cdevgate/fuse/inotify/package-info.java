/**
 * The process that makes inotify events: a shell that is told commands. It knows nothing of nodes
 * and requests.
 */
package org.cdevgate.fuse.inotify;
