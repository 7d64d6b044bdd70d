/**
 * The demonstration: real processes use a device while it is removed, and an account of what each
 * of them got is checked against the contract.
 */
package org.cdevgate.examples.demo;
