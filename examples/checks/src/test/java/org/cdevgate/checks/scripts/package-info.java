/**
 * Holds the project's scripts against what is expected of any command: help, errors that name what
 * is wrong, checkouts below a folder of any name, and an end by a signal that leaves nothing
 * behind. The programs that they start are stand-ins, so that each run takes a moment.
 */
package org.cdevgate.checks.scripts;
