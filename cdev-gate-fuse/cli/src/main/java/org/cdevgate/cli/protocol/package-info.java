/** The line protocol between a holder of devices and who uses it: JSON, a line each way. */
@NullMarked
package org.cdevgate.cli.protocol;

import org.jspecify.annotations.NullMarked;
