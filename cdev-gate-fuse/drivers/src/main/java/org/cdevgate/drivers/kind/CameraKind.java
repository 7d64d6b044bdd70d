package org.cdevgate.drivers.kind;

import java.nio.ByteBuffer;
import java.util.List;
import org.cdevgate.drivers.Camera;
import org.cdevgate.drivers.spec.Settings;
import org.cdevgate.gate.removal.RemovalProfile;

/** Kind {@code camera}: the node of the pictures; a camera with that of the metadata is Java's. */
public final class CameraKind implements DeviceKind {
    @Override
    public String name() {
        return "camera";
    }

    @Override
    public String help() {
        return "is a camera of V4L2, 160 by 120 or 320 by 240 pixels, YUYV or grey, with a picture"
                + " that moves";
    }

    @Override
    public List<KindOption> options() {
        return List.of(new KindOption("every", "40ms", "time between two frames"));
    }

    @Override
    public KindDevice make(Settings settings) {
        Camera camera = Camera.triggered(CameraKind::expose, "pictures", "metadata");
        return KindDevice.of(camera.pictures())
                .mappable(camera::pictureMemory)
                .removalProfile(RemovalProfile.V4L2)
                .every(settings.period("every"), camera::capture);
    }

    /** The same picture, a byte further in each frame. */
    private static void expose(int number, Camera.Mode mode, ByteBuffer picture) {
        for (int i = 0; i < picture.limit(); i++) {
            picture.put(i, (byte) (i + number));
        }
    }
}
