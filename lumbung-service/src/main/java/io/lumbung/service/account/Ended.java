package io.lumbung.service.account;

/**
 * What logging out did.
 *
 * @param ended how many sessions it ended
 */
record Ended(long ended) {}
