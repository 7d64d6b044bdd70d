package org.cdevgate.gate.front;

/**
 * The pages of an open file that processes have mapped, as a front keeps them. A front that serves
 * mappings sets one with {@link org.cdevgate.gate.OpenFile#setMappedPages} when the file's mmap
 * verb has allowed it; a driver reaches them through {@link
 * org.cdevgate.gate.OpenFile#unmapMappingRange}.
 *
 * <pre>{@code
 * file.setMappedPages((offset, length) -> mapping.unmap(offset, length));
 * }</pre>
 */
@FunctionalInterface
public interface MappedPages {
    /**
     * Takes pages away from every mapping of the file: whoever touches one from when this returns
     * makes the front ask the driver's read for it again. Changed pages are written to the driver
     * first. May wait for reads and writes of these pages.
     *
     * @param offset bytes, of the first page; 0 or more
     * @param length bytes; 0 for all to the end
     */
    void unmap(long offset, long length);
}
