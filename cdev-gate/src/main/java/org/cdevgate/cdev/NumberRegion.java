package org.cdevgate.cdev;

/**
 * Numbers that a driver has for its devices: one major, minors in a row. Made by {@link
 * CharDevices#registerRegion} or {@link CharDevices#allocRegion}; given back by {@link #close()}
 * (unregister_chrdev_region). Any thread.
 *
 * <pre>{@code
 * NumberRegion ports = devices.registerRegion(4, 64, 2, "serial"); // 4:64 and 4:65
 * devices.add(gate, ports.number(0), "ttyS0", 0660);
 * ports.close(); // when the device is gone
 * }</pre>
 */
public final class NumberRegion implements AutoCloseable {
    private final CharDevices devices;
    private final String owner;
    private final DeviceNumber first;
    private final int count;

    NumberRegion(CharDevices devices, String owner, DeviceNumber first, int count) {
        this.devices = devices;
        this.owner = owner;
        this.first = first;
        this.count = count;
    }

    /** The first number. */
    public DeviceNumber first() {
        return first;
    }

    /** How many. */
    public int count() {
        return count;
    }

    /** Who has them, as /proc/devices shows it. */
    public String owner() {
        return owner;
    }

    /**
     * One of the numbers.
     *
     * @param index 0 to {@code count() - 1}
     * @throws IndexOutOfBoundsException if it is out of range
     */
    public DeviceNumber number(int index) {
        if (index < 0 || index >= count) {
            throw new IndexOutOfBoundsException(
                    "number " + index + " of " + this + ", which has " + count);
        }
        return new DeviceNumber(first.major(), first.minor() + index);
    }

    boolean overlaps(DeviceNumber other, int otherCount) {
        return first.major() == other.major()
                && first.minor() < other.minor() + otherCount
                && other.minor() < first.minor() + count;
    }

    boolean contains(DeviceNumber number) {
        return overlaps(number, 1);
    }

    /**
     * Gives the numbers back; idempotent.
     *
     * @throws IllegalStateException if a device is still registered under one of them
     */
    @Override
    public void close() {
        devices.release(this);
    }

    @Override
    public String toString() {
        return "numbers of " + owner + " from " + first;
    }
}
