/**
 * Programs that nobody here wrote, on the drivers of {@code org.cdevgate.drivers}: each runs as it
 * does on a machine with the real device, and is inside when the device goes. docs/real-programs.md
 * shows what they said.
 */
package org.cdevgate.examples.programs;
