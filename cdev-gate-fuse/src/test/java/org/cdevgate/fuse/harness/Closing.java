package org.cdevgate.fuse.harness;

/**
 * What a test's clean-up closes. A set-up that was skipped or failed half way leaves fields null,
 * and JUnit runs the clean-up all the same: it must then close what there is, and report nothing of
 * its own beside the true reason.
 */
public final class Closing {
    private Closing() {}

    /**
     * Closes each in order, also after one that failed.
     *
     * @param resources null for what the set-up did not come to
     * @throws Exception the first failure, with the others suppressed in it
     */
    public static void all(AutoCloseable... resources) throws Exception {
        Throwable first = null;
        for (AutoCloseable each : resources) {
            try {
                if (each != null) {
                    each.close();
                }
            } catch (Exception | Error e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        if (first instanceof Error error) {
            throw error;
        }
        if (first != null) {
            throw (Exception) first;
        }
    }
}
