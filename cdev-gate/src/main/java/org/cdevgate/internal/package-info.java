/** What several packages of the library need and no user: not exported. */
package org.cdevgate.internal;
