/** Resources that are released in reverse order when their device is unbound: Linux's devres. */
package org.cdevgate.devres;
