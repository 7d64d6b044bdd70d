package org.cdevgate.device.stress.twins;

import java.util.concurrent.atomic.AtomicReference;

/**
 * <b>Broken</b>: a revocation takes the pointer away, so that nobody finds the resource any more,
 * and releases it at once. Whoever found it before goes on.
 */
final class RevokeWithoutWait implements Provider {
    private final AtomicReference<Runnable> resource;

    RevokeWithoutWait(Runnable release) {
        resource = new AtomicReference<>(release);
    }

    @Override
    public Use tryAccess() {
        return resource.get() == null ? null : () -> {};
    }

    @Override
    public void revoke() {
        Runnable release = resource.getAndSet(null);
        if (release != null) {
            release.run();
        }
    }
}
