/** The packages of this module keep their directions. */
package org.cdevgate.architecture;
