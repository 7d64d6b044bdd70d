package org.cdevgate.cli.hold;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;

/** The line protocol on a process's own input and output, whose end is the holder's. */
public final class Standard {
    private Standard() {}

    /** Serves the holder until the input ends, or nobody reads the output; then closes it. */
    public static void serve(Holder holder, InputStream in, OutputStream out)
            throws InterruptedException {
        CountDownLatch end = new CountDownLatch(1);
        Session session = new Session(holder, in, out, end::countDown);
        Thread reader = // nothing ends a read of standard input
                new Thread(
                        () -> {
                            session.run();
                            end.countDown();
                        },
                        "holder-in");
        reader.setDaemon(true);
        reader.start();
        end.await();
        holder.close();
        session.finish();
    }
}
