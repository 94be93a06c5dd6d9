package io.lumbung.embedded.fault;

/** How a TCP connection ends. Clients treat the two differently. */
public enum Cut {
    /** In good order: the client reads an end of stream. */
    FIN,
    /** By a reset: the client's next read or write fails. */
    RST
}
