/**
 * Explores schedules of cases that Lincheck cannot follow, with Fray: three and more actors, and
 * threads of the JDK's executors. {@link org.cdevgate.gate.stress.fray.FrayCommand} is the command,
 * which {@code fray.sh} starts.
 *
 * <p>A case is a method that starts its actors and waits for their end. Fray runs it again and
 * again, one thread at a time, and decides at each access to shared memory, lock, park and wait who
 * goes on. An actor that throws fails the case, and so do threads that wait for ever. Each case
 * stands with faults that are put into the library's code on purpose and must be found: {@link
 * org.cdevgate.gate.stress.fray.Fault}.
 */
package org.cdevgate.gate.stress.fray;
