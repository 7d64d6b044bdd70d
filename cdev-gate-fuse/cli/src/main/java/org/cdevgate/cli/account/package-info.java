/** What happened in a run, for people and for programs. */
@NullMarked
package org.cdevgate.cli.account;

import org.jspecify.annotations.NullMarked;
