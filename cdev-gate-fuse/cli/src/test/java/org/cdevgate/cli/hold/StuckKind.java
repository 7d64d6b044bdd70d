package org.cdevgate.cli.hold;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.cdevgate.drivers.kind.DeviceKind;
import org.cdevgate.drivers.kind.KindDevice;
import org.cdevgate.drivers.kind.KindOption;
import org.cdevgate.drivers.spec.Settings;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.OpenFile;

/** A driver whose reads come back only when a file is gone, whatever happens to the device. */
public final class StuckKind implements DeviceKind {
    @Override
    public String name() {
        return "stuck";
    }

    @Override
    public String help() {
        return "does not let go";
    }

    @Override
    public List<KindOption> options() {
        return List.of(new KindOption("while", "", "the file"));
    }

    @Override
    public KindDevice make(Settings settings) {
        Path file = Path.of(settings.text("while"));
        return KindDevice.of(
                new FileOperations() {
                    @Override
                    public int read(OpenFile opened, ByteBuffer dst, long position, Call call) {
                        while (Files.exists(file)) {
                            LockSupport.parkNanos(1_000_000);
                        }
                        return 0;
                    }
                });
    }
}
