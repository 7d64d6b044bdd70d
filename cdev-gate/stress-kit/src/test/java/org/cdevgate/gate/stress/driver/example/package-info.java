/** A driver that its stress finds clean, and one in which it finds much. */
package org.cdevgate.gate.stress.driver.example;
