/** A program under test: its private /dev, its signals, its end. */
@NullMarked
package org.cdevgate.cli.program;

import org.jspecify.annotations.NullMarked;
