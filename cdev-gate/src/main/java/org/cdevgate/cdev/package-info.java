/**
 * Device numbers, names, and who has registered what under them: Linux's fs/char_dev.c and
 * drivers/char/misc.c. Knows gates; fronts such as a mount follow it.
 */
@NullMarked
package org.cdevgate.cdev;

import org.jspecify.annotations.NullMarked;
