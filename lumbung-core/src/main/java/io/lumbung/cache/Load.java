package io.lumbung.cache;

/** A load in progress, as its loader sees it. Belongs to the loader's thread, and ends with it. */
public interface Load {

    /**
     * Puts a tag on the entry being loaded, beside those its cache declares.
     *
     * <p>Call it <em>before</em> reading the data the tag stands for: an invalidation of the tag is noticed from this
     * call on, and one that came between reading and this call is missed. Asks Redis for the tag's token, unless this
     * process remembers from the last read that the entry carries the tag; if Redis does not answer, the value is
     * returned but not stored.
     *
     * @throws IllegalArgumentException if the tag cannot be part of a key, or the entry has too many tags
     * @throws IllegalStateException if the cache is not tagged
     */
    void tag(String tag);
}
