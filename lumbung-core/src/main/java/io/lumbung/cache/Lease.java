package io.lumbung.cache;

import java.util.Map;

/**
 * The right to store one load.
 *
 * @param slot which entry
 * @param token what Redis knows the holder by
 * @param tokens those of the entry's tags, taken before the load began
 * @param read further tokens that were read before the load began
 */
record Lease(Slot slot, String token, Map<String, String> tokens, Map<String, String> read) {}
