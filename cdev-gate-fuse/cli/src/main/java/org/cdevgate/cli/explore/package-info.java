/**
 * Runs a program once for each of its calls of a device, with something going wrong at that call,
 * and tells how the runs ended.
 *
 * <pre>
 *  Explorer ─ Lane ─ Spawner      which run where: a private /dev, and who starts the program in it
 *      │        │  LaneProcesses   what has come of the program
 *      │        │  Recording       what it called
 *      │        └ Watch            whether it still does something
 *      ▼
 *  Points ─ Point                 where something goes wrong
 *  Judge ─ Outcome                what became of a run, compared with the one without a fault
 *  Findings ─ reports             the same runs for people and for programs
 * </pre>
 */
@NullMarked
package org.cdevgate.cli.explore;

import org.jspecify.annotations.NullMarked;
