package org.cdevgate.fuse.faults.server;

import java.nio.ByteBuffer;
import java.util.concurrent.ThreadLocalRandom;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.OpenFile;

/** A FIFO that is wrong now and then: see {@link ServerSabotage}. */
final class Liar extends Fifo {
    private static final int SELDOM = 20;

    private final ServerSabotage sabotage;

    Liar(long generation, boolean parks, ServerSabotage sabotage) {
        super(generation, parks);
        this.sabotage = sabotage;
    }

    private static boolean now() {
        return ThreadLocalRandom.current().nextInt(SELDOM) == 0;
    }

    @Override
    long shown() {
        return sabotage == ServerSabotage.TWO_GENERATIONS && now()
                ? super.shown() + 1
                : super.shown();
    }

    @Override
    public int read(OpenFile file, ByteBuffer dst, long position, Call call) throws ErrnoException {
        if (sabotage == ServerSabotage.WRONG_ERRNO && now()) {
            throw Errno.EXDEV.exception();
        }
        return super.read(file, dst, position, call);
    }
}
