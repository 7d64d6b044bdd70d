/** What can be in flight in a gate, by name, and what is seen of it from outside. */
package org.cdevgate.gate.calls;
