package io.lumbung.codec;

import java.util.Objects;

/**
 * A value that is JSON already: the body of an answer, a document from elsewhere. It is stored as it is and not parsed
 * when it is read, which is the cheapest a cached value can be. That it is one JSON value is checked when it is written.
 *
 * @param text the JSON
 */
public record JsonText(String text) {
    public JsonText {
        Objects.requireNonNull(text, "text");
    }

    /** The JSON. */
    @Override
    public String toString() {
        return text;
    }
}
