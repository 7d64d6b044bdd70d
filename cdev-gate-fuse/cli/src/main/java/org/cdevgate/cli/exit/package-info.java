/** What the command exits with, and why. */
@NullMarked
package org.cdevgate.cli.exit;

import org.jspecify.annotations.NullMarked;
