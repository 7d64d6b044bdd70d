/** Drivers to read, and a demonstration that removes them under real processes. */
package org.cdevgate.examples;
