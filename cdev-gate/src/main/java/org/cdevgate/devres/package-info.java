/** Resources that are released in reverse order when their device is unbound: Linux's devres. */
@NullMarked
package org.cdevgate.devres;

import org.jspecify.annotations.NullMarked;
