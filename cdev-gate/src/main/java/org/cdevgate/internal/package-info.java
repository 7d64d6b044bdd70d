/** What several packages of the library need and no user: not exported. */
@NullMarked
package org.cdevgate.internal;

import org.jspecify.annotations.NullMarked;
