/**
 * What can happen to a call between the gate and its driver: count it, fail it, shorten it, delay
 * it, or unplug the device at it. Small filters that are put before a driver like any other code of
 * its own:
 *
 * <pre>{@code
 * FileOperations tired =
 *         new FilteredDriver(driver, CallMatch.parse("read#3").then(Faults.errno(Errno.EIO)));
 * }</pre>
 */
@NullMarked
package org.cdevgate.drivers.filter;

import org.jspecify.annotations.NullMarked;
