package org.cdevgate.abi;

/**
 * What the permissions of a device's node may be, whoever publishes it: chmod(2).
 *
 * <pre>{@code
 * int mode = NodeMode.check(0660); // or it throws
 * }</pre>
 */
public final class NodeMode {
    /** All of them: S_IALLUGO of linux/stat.h. */
    public static final int MOST = 07777;

    private NodeMode() {}

    /**
     * Checks permissions.
     *
     * @param mode 0 to 07777, for example 0666
     * @return the same
     * @throws IllegalArgumentException if it is out of range, or one of the decimal numbers 600 to
     *     777 that are a mode when read as octal: somebody forgot the 0 before it
     */
    public static int check(int mode) {
        if ((mode & ~MOST) != 0) {
            throw new IllegalArgumentException(
                    "mode 0"
                            + Integer.toOctalString(mode)
                            + " has more than permission bits; give 0 to 07777");
        }
        if (looksDecimal(mode)) {
            throw new IllegalArgumentException(
                    "mode "
                            + mode
                            + " is 0"
                            + Integer.toOctalString(mode)
                            + " in octal; write it with a 0 before it: 0"
                            + mode);
        }
        return mode;
    }

    /** 600 to 777 of octal digits; in octal a sticky bit and an odd rest, of use to no node. */
    private static boolean looksDecimal(int mode) {
        return mode >= 600 && mode <= 777 && mode / 10 % 10 <= 7 && mode % 10 <= 7;
    }
}
