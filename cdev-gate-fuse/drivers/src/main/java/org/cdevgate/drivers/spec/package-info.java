/** What people write for devices and faults, taken apart: words, times, sizes, clear refusals. */
@NullMarked
package org.cdevgate.drivers.spec;

import org.jspecify.annotations.NullMarked;
