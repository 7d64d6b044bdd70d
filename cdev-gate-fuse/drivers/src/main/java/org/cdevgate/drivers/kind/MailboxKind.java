package org.cdevgate.drivers.kind;

import org.cdevgate.drivers.MessageBox;
import org.cdevgate.drivers.spec.Settings;

/** Kind {@code mailbox}. */
public final class MailboxKind implements DeviceKind {
    @Override
    public String name() {
        return "mailbox";
    }

    @Override
    public String help() {
        return "holds one message: a read of the empty box sleeps, and so does a write to the full"
                + " one";
    }

    @Override
    public KindDevice make(Settings settings) {
        return KindDevice.of(new MessageBox());
    }
}
