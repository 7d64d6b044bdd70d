/**
 * The fault suite of the FUSE device server: plans what goes wrong, starts server and clients as
 * processes of their own, does it, and has the outcome judged. docs/faults.md tells how to use it.
 */
package org.cdevgate.fuse.faults;
