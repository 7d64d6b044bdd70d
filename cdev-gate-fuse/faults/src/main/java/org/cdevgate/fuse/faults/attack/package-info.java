/**
 * Attacks: one client, driver or thread that asks too much of a server, each served by a process of
 * its own, and a bystander on another device that must go on being answered.
 */
package org.cdevgate.fuse.faults.attack;
