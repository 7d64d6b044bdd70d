package org.cdevgate.gate.accounting;

/**
 * One call, named by its frame and by what that published: unlike the frame, which is used again,
 * it may be kept, and then tells that the call is over. Any thread.
 *
 * @param frame of the call, and of others before and after it
 * @param published what names the call in it
 */
public record PublishedCall(CallFrame frame, long published) {
    /** Whether the call is still in flight. */
    public boolean isOpen() {
        return frame.isStill(published);
    }

    /** Leaves the call out of every removal's count, if it is still in flight. */
    public void leaveOut() {
        frame.leaveOut(published);
    }
}
