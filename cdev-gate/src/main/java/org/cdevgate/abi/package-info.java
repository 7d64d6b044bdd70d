/**
 * Numbers that Linux defines and user space sees: error numbers, ioctl commands, poll events, open
 * flags, seek origins. Names and values are the kernel's; nothing here knows a driver or a gate.
 */
@NullMarked
package org.cdevgate.abi;

import org.jspecify.annotations.NullMarked;
