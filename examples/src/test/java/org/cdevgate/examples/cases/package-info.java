/**
 * The devices that the kernel's discussion of removal was about, each with what goes wrong without
 * the library.
 */
package org.cdevgate.examples.cases;
