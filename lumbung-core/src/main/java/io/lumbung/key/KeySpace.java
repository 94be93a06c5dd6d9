package io.lumbung.key;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The keys of one application: everything below one prefix. The only place where a Redis key is put together; the
 * shapes are listed in {@link KeyKind}. Immutable.
 */
public final class KeySpace {
    /** First words of keys that belong to Lumbung, and so may not name a cache. */
    public static final Set<String> RESERVED =
            Set.of("cache", "tag", "session", "ratelimit", "lock", "counter", "board", "topic", "wake");

    private static final String BASE32 = "abcdefghijklmnopqrstuvwxyz234567";
    private static final int LONGEST_NAME = 128;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]+(:[A-Za-z0-9_.-]+)*");

    private final String prefix;

    /** @param prefix the application's, for example {@code app} */
    public KeySpace(String prefix) {
        this.prefix = Encoding.literal(Objects.requireNonNull(prefix, "prefix"));
    }

    /**
     * The name of a cache, checked.
     *
     * @throws IllegalArgumentException if it is empty, too long, reserved, or has other characters than letters,
     *     digits, {@code _ . -} and {@code :} between words
     */
    public static String cacheName(String name) {
        if (name.length() > LONGEST_NAME || !NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("'" + name.substring(0, Math.min(name.length(), LONGEST_NAME))
                    + "' cannot name a cache: use letters, digits, '_', '.', '-' and ':' between words, at most "
                    + LONGEST_NAME + " characters");
        }
        int colon = name.indexOf(':');
        String first = colon < 0 ? name : name.substring(0, colon);
        if (RESERVED.contains(first)) {
            throw new IllegalArgumentException(
                    "'" + name + "' cannot name a cache: '" + first + "' is a word of Lumbung's own keys");
        }
        return name;
    }

    /** What every key of this cache begins with. */
    public String cachePrefix(String name) {
        return prefix + ':' + cacheName(name) + ':';
    }

    /** The entry {@code key} of the cache with this prefix, from {@link #cachePrefix}. */
    public StoreKey cacheValue(String cachePrefix, Key key) {
        return new StoreKey(cachePrefix + key.text());
    }

    /** The value key that {@code stored}, a value or a lease found by a scan, belongs to. */
    public StoreKey cacheValueOf(String stored) {
        String lease = "}:lease";
        return new StoreKey(
                stored.startsWith("{") && stored.endsWith(lease)
                        ? stored.substring(1, stored.length() - lease.length())
                        : stored);
    }

    /** Who may fill the entry {@code value}. */
    public StoreKey cacheLease(StoreKey value) {
        return value.companion("lease");
    }

    /** The token of all entries of a tagged cache. */
    public StoreKey cacheNamespace(String name) {
        return new StoreKey(prefix + ":cache:" + cacheName(name));
    }

    /** The token of a tag; tags are shared by all caches of the application. */
    public StoreKey tag(String tag) {
        return new StoreKey(tagPrefix() + Encoding.part(tag));
    }

    /** What every tag's token begins with. */
    public String tagPrefix() {
        return prefix + ":tag:";
    }

    /** The token {@code stored}, found by a scan below {@link #tagPrefix()}. */
    public StoreKey storedTag(String stored) {
        return new StoreKey(stored);
    }

    /** The channel on which waiters for a lease are woken. */
    public String wakeChannel() {
        return prefix + ":wake";
    }

    /**
     * What one rate limiter counts for {@code subject}.
     *
     * @param limiter the limiter's name, or empty for the one whose keys carry none
     */
    public StoreKey rateLimit(String limiter, Key subject) {
        return new StoreKey(prefix + ":ratelimit:" + (limiter.isEmpty() ? "" : limiter + ':') + subject.text());
    }

    /** A further limit of the limiter whose first one counts in {@code first}. */
    public StoreKey rateLimitFurther(StoreKey first, String limit) {
        return first.companion(limit);
    }

    /** What holds for one subject instead of its limits. */
    public StoreKey rateLimitOverride(StoreKey first) {
        return first.companion("override");
    }

    /** The instances that are alive and would share limits among them. */
    public StoreKey rateLimitInstances() {
        return new StoreKey(prefix + ":ratelimit").companion("instances");
    }

    /** The channel that says of which subjects refusals must be forgotten. */
    public String rateLimitChannel() {
        return prefix + ":ratelimit";
    }

    /**
     * A session.
     *
     * @param bucket two letters, see {@link #sessionBucket}: sessions and index of one user share it, and so their slot
     * @param hash of the session's token
     */
    public StoreKey session(String bucket, String hash) {
        return new StoreKey(prefix + ":session:{" + bucket + "}:" + hash);
    }

    /** The sessions of one user. */
    public StoreKey sessionIndex(String user) {
        return new StoreKey(prefix + ":session:{" + sessionBucket(user) + "}:user:" + Encoding.part(user));
    }

    /** When the sessions of one bucket die, if that is to be told. */
    public StoreKey sessionDeaths(String bucket) {
        return new StoreKey(prefix + ":session:{" + bucket + "}:deaths");
    }

    /** Who tells of the deaths in this share of the buckets for now. */
    public StoreKey sessionSweep(int share) {
        return new StoreKey(prefix + ":session:sweep:" + share);
    }

    /** The holder of a lock, or its holders. */
    public StoreKey lock(Key name) {
        return new StoreKey(prefix + ":lock:" + name.text());
    }

    /** The last fence of a lock. */
    public StoreKey lockFence(StoreKey lock) {
        return lock.companion("fence");
    }

    /** Who waits for a lock, in the order they came. */
    public StoreKey lockQueue(StoreKey lock) {
        return lock.companion("queue");
    }

    /** Until when each of those who wait for a lock is believed to live. */
    public StoreKey lockWaiters(StoreKey lock) {
        return lock.companion("waiters");
    }

    /** What only holders of a lock write. */
    public StoreKey lockValue(StoreKey lock) {
        return lock.companion("value");
    }

    /**
     * The channel on which a process is told that one of its waiters is next.
     *
     * @param process an id from code
     */
    public String lockChannel(String process) {
        return prefix + ":lock:" + process;
    }

    /** Which of the 1 024 buckets a user's sessions are in. */
    public static String sessionBucket(String user) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(user.getBytes(StandardCharsets.UTF_8));
            return sessionBucket((digest[0] & 0xff) << 2 | (digest[1] & 0xff) >> 6);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** The bucket of this number, 0 to 1 023. */
    public static String sessionBucket(int number) {
        return "" + BASE32.charAt(number >> 5 & 31) + BASE32.charAt(number & 31);
    }

    @Override
    public String toString() {
        return prefix;
    }
}
