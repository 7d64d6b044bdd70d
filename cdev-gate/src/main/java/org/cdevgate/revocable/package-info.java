/** Resources that go while others still hold a reference to them. */
package org.cdevgate.revocable;
