/** Resources that go while others still hold a reference to them. */
@NullMarked
package org.cdevgate.revocable;

import org.jspecify.annotations.NullMarked;
