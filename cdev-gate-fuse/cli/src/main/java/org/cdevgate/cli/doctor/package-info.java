/** What this machine offers to the command, and how to mend what is missing. */
@NullMarked
package org.cdevgate.cli.doctor;

import org.jspecify.annotations.NullMarked;
