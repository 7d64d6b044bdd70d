/** Who called a device when, and what each got: what a removal's timeline does not know itself. */
@NullMarked
package org.cdevgate.cli.timeline;

import org.jspecify.annotations.NullMarked;
