package org.cdevgate.drivers.kind;

/**
 * An option of a kind.
 *
 * @param name the key
 * @param standard its value if it is not given, as text; empty if it has none
 * @param help what it is for
 */
public record KindOption(String name, String standard, String help) {}
