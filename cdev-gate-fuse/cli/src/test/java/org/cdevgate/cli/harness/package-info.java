/** Starts the command as users do, and other programs, for tests. */
package org.cdevgate.cli.harness;
