package org.cdevgate.gate.removal;

import static org.cdevgate.abi.PollEvents.POLLERR;
import static org.cdevgate.abi.PollEvents.POLLHUP;
import static org.cdevgate.abi.PollEvents.POLLIN;
import static org.cdevgate.abi.PollEvents.POLLOUT;
import static org.cdevgate.abi.PollEvents.POLLPRI;
import static org.cdevgate.abi.PollEvents.POLLRDNORM;
import static org.cdevgate.abi.PollEvents.POLLWRNORM;

import org.cdevgate.abi.Errno;
import org.cdevgate.gate.calls.Verb;

/**
 * The data of the profiles of {@link RemovalProfile}. Measured on Linux 6.1, all families: close
 * succeeds, a new mapping gets ENODEV, fsync and lseek answer as before the removal, which is
 * EINVAL and mostly ESPIPE because none of these families has them. Not measured in any: open,
 * flush, llseek, mmap and fsync that are blocked at the removal; they get the family's errno for a
 * device that is gone.
 */
final class KnownProfiles {
    private static final int EIO = Errno.EIO.number();
    private static final int ENXIO = Errno.ENXIO.number();
    private static final int ENODEV = Errno.ENODEV.number();
    private static final int EINVAL = Errno.EINVAL.number();
    private static final int ESPIPE = Errno.ESPIPE.number();

    private KnownProfiles() {}

    static RemovalProfile evdev() {
        return RemovalProfile.plain("evdev")
                .withLaterResult(Verb.FLUSH, 0)
                .withDifferences(
                        "While events are unread, poll of the kernel has POLLIN|POLLRDNORM too,"
                                + " though a read gets ENODEV and the events are lost; this has"
                                + " not.",
                        "A key that is held is released first, by the kernel: blocked readers get"
                                + " these events and only later ones ENODEV; here that is the"
                                + " driver's affair.",
                        "An open that raced past the look-up gets ENXIO from the kernel, ENODEV"
                                + " here.",
                        "fsync and lseek answer EINVAL and ESPIPE, before the removal and after,"
                                + " because evdev has neither; a driver here may have them, and"
                                + " after the removal they answer ENODEV.",
                        "rtc, which has no profile of its own: the kernel wakes nobody, poll"
                                + " reports nothing for ever, a later blocking read blocks; here"
                                + " all are answered.",
                        "DRM, which has no profile of its own: the kernel wakes nobody, poll"
                                + " reports nothing for ever, a later blocking read blocks; here"
                                + " all are answered.",
                        "pps, which has no profile of its own: the kernel never wakes PPS_FETCH or"
                                + " a poller, and PPS_GETPARAMS still succeeds; here all are"
                                + " answered.");
    }

    // A blocked write was not measured: neither a chip nor a line has write.
    static RemovalProfile gpio() {
        return family("gpio")
                .withLaterErrno(Verb.OPEN, ENXIO)
                .withLaterErrno(Verb.WRITE, EINVAL)
                .withDifferences(
                        "The kernel does not wake blocked poll, select and epoll; here they return"
                                + " POLLERR|POLLHUP.",
                        "With a thread blocked in read, the kernel's removal hangs, and with it"
                                + " every further call on any descriptor of the chip, until a"
                                + " signal ends that read; here the read gets ENODEV and the"
                                + " removal goes on.",
                        "lseek succeeds on a line's descriptor, and one of a v1 line handle polls"
                                + " POLLIN|POLLOUT for ever; here they answer as the chip's.");
    }

    // Blocked writes and ioctls were not measured.
    static RemovalProfile hidraw() {
        return family("hidraw")
                .withErrno(Verb.READ, EIO)
                .withLaterResult(Verb.LLSEEK, 0)
                .withPoll(
                        POLLOUT | POLLERR | POLLHUP | POLLWRNORM,
                        POLLOUT | POLLERR | POLLHUP | POLLWRNORM)
                .withUnreadDelivered(true);
    }

    // A blocked write was not measured; it gets what a later one gets.
    static RemovalProfile tty() {
        int hungUp = POLLIN | POLLOUT | POLLERR | POLLHUP | POLLRDNORM | POLLWRNORM;
        return family("tty")
                .withLaterErrno(Verb.OPEN, ENXIO)
                .withResult(Verb.READ, 0)
                .withErrno(Verb.WRITE, EIO)
                .withErrno(Verb.IOCTL, EIO)
                .withPoll(hungUp, hungUp)
                .withDifferences(
                        "A blocked TIOCMIWAIT gets EIO on ttyUSB and ENODEV on ttyACM; here EIO.",
                        "A read of a pty's slave that is blocked when the master is closed gets"
                                + " EIO, later ones the end of the file, a waking poll may show"
                                + " POLLHUP alone, and opening the slave again is EIO; here it is"
                                + " as with the other terminals.",
                        "Removing ttyGS waits until the last descriptor is closed, and an open"
                                + " meanwhile gets ENODEV; here no removal waits for user space.",
                        "A ttyS is there again at once, as a port without hardware that can be"
                                + " opened; here the name is gone until it is registered anew.");
    }

    // A blocked write was not measured.
    static RemovalProfile v4l2() {
        return family("v4l2")
                .withBlockedErrno(Verb.READ, EINVAL)
                .withBlockedErrno(Verb.IOCTL, EINVAL)
                .withPoll(POLLPRI | POLLERR | POLLHUP, POLLPRI | POLLERR | POLLHUP)
                .withDifferences(
                        "The kernel never wakes a blocked VIDIOC_DQEVENT; here it gets EINVAL, as"
                                + " a blocked VIDIOC_DQBUF does.",
                        "Mapped buffers stay readable; here touching them is SIGBUS.");
    }

    // Neither was write measured, blocked or later, nor a blocked ioctl.
    static RemovalProfile alsa() {
        return family("alsa")
                .withPoll(POLLERR, POLLERR)
                .withDifferences(
                        "A blocked read of a pcm device hands over the frames that it has, and the"
                                + " next one gets ENODEV; here a driver that wants this returns"
                                + " the frames when Call.await fails.",
                        "Unbinding snd_dummy waits until the last descriptor is closed; here no"
                                + " removal waits for user space.");
    }

    // From the source, kern_conf.c (dead_cdevsw) and vfs dead_vnops.c (dead_poll), not measured;
    // cdevsw has no open that blocks at the removal, flush, llseek or fsync: these get ENXIO too.
    static RemovalProfile bsd() {
        RemovalProfile profile = RemovalProfile.plain("bsd").withLaterResult(Verb.FLUSH, 0);
        for (Verb verb :
                new Verb[] {
                    Verb.OPEN, Verb.READ, Verb.WRITE, Verb.LLSEEK, Verb.IOCTL, Verb.FSYNC
                }) {
            profile = profile.withErrno(verb, ENXIO);
        }
        return profile.withBlockedErrno(Verb.FLUSH, ENXIO)
                .withPoll(POLLIN | POLLHUP | POLLRDNORM, POLLIN | POLLHUP | POLLRDNORM)
                .withDifferences(
                        "A read or write through a descriptor that was open when the device was"
                                + " destroyed finds no cdevsw any more and ends in devfs's dead"
                                + " vnode operations: EIO, a terminal's read the end of the file;"
                                + " here it gets the ENXIO of dead_cdevsw.",
                        "A blocked call gets what the driver returns when its d_purge wakes it;"
                                + " here ENXIO.");
    }

    /** What the measured families have in common. */
    private static RemovalProfile family(String name) {
        return RemovalProfile.plain(name)
                .withErrno(Verb.MMAP, ENODEV)
                .withLaterResult(Verb.FLUSH, 0)
                .withLaterErrno(Verb.LLSEEK, ESPIPE)
                .withLaterErrno(Verb.FSYNC, EINVAL);
    }
}
