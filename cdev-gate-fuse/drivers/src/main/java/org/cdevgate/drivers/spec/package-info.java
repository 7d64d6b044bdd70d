/** What people write for devices and faults, taken apart: words, times, sizes, clear refusals. */
package org.cdevgate.drivers.spec;
