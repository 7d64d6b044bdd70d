/**
 * A fake /dev that real processes use: {@link org.cdevgate.fuse.DeviceMount} mounts it and
 * publishes drivers in it; everything below is how.
 */
@NullMarked
package org.cdevgate.fuse;

import org.jspecify.annotations.NullMarked;
