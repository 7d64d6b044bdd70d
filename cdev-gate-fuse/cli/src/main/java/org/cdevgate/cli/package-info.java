/** The command {@code cdev-gate}: programs of any language on devices that vanish. */
@NullMarked
package org.cdevgate.cli;

import org.jspecify.annotations.NullMarked;
