/**
 * The process that makes inotify events: a shell that is told commands. It knows nothing of nodes
 * and requests.
 */
@NullMarked
package org.cdevgate.fuse.inotify;

import org.jspecify.annotations.NullMarked;
