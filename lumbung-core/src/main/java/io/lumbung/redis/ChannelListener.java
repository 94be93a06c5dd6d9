package io.lumbung.redis;

/**
 * What a subscriber hears. Called on an I/O thread, one call at a time: hand work over, never block.
 */
public interface ChannelListener {
    /** A message came in. */
    void message(byte[] message);

    /** The link is gone: from now on messages may be missed. */
    default void linkDown() {}

    /** The subscription stands, for the first time or again; what was sent while the link was down is lost. */
    default void linkUp() {}
}
