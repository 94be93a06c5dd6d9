package io.lumbung.embedded;

/** The server answered with an error; the message is the server's own, prefix included ({@code WRONGTYPE …}). */
public final class RespErrorException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** An error reply with this text. */
    public RespErrorException(String message) {
        super(message);
    }
}
