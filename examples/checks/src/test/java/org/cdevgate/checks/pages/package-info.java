/**
 * Holds README.md, the pages in docs/ and the Javadoc against the project: what they show compiles,
 * what they tell to run can be run, what they name and link to exists.
 */
package org.cdevgate.checks.pages;
