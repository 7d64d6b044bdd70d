/** Drivers for the integration tests. They know nothing of removal, as a good driver does not. */
package org.cdevgate.fuse.driver;
