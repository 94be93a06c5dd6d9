package io.lumbung.cache;

import io.lumbung.error.StoreException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a look into Redis brought.
 *
 * @param state what it means
 * @param value of a hit; null for a stored null
 * @param bytes what was found and cannot be used
 * @param tokens read beside it, for the load that follows
 * @param failure why Redis could not be asked
 */
record Look<V>(
        State state,
        @Nullable V value,
        byte @Nullable [] bytes,
        Map<String, String> tokens,
        @Nullable StoreException failure) {

    enum State {
        HIT,
        ABSENT,
        /** There are bytes that must not be used: undecodable, foreign, or invalid by a tag. */
        INVALID,
        /** Redis did not answer. */
        FAILED,
        /** An invalidation of this entry is not confirmed, so Redis is not believed. */
        COVERED
    }

    static <V> Look<V> hit(@Nullable V value) {
        return new Look<>(State.HIT, value, null, Map.of(), null);
    }

    static <V> Look<V> absent(Map<String, String> tokens) {
        return new Look<>(State.ABSENT, null, null, tokens, null);
    }

    static <V> Look<V> invalid(byte[] bytes, Map<String, String> tokens) {
        return new Look<>(State.INVALID, null, bytes, tokens, null);
    }

    static <V> Look<V> failed(@Nullable StoreException failure) {
        return new Look<>(State.FAILED, null, null, Map.of(), failure);
    }

    static <V> Look<V> covered() {
        return new Look<>(State.COVERED, null, null, Map.of(), null);
    }

    boolean isHit() {
        return state == State.HIT;
    }

    /** Whether Redis could not be asked, or is not believed. */
    boolean isBlind() {
        return state == State.FAILED || state == State.COVERED;
    }

    Optional<V> found() {
        return Optional.ofNullable(value);
    }

    /** The SHA-1 of what cannot be used; empty if there was nothing. */
    String seen() {
        if (bytes == null) {
            return "";
        }
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }
}
