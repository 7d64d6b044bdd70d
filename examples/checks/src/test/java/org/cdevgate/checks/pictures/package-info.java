/**
 * The pictures in docs/pictures: which module and package uses which, by jdeps, and what calls what
 * in the life of a request, a sleep and a removal.
 */
package org.cdevgate.checks.pictures;
