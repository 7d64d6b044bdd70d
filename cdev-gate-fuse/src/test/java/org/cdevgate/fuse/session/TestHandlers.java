package org.cdevgate.fuse.session;

import java.util.function.Consumer;

/** Handlers that have nothing of their own: each request goes to the test. */
record TestHandlers(Consumer<Exchange> each, Runnable whenEnded) implements RequestHandler.Factory {
    TestHandlers(Consumer<Exchange> each) {
        this(each, () -> {});
    }

    @Override
    public RequestHandler newHandler(Exchange exchange) {
        return () -> each.accept(exchange);
    }

    @Override
    public void connectionEnded() {
        whenEnded.run();
    }
}
