package io.lumbung.benchmarks;

import static io.lumbung.benchmarks.SharedConnection.bytes;

import io.lumbung.session.SessionPolicy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Lumbung's sessions, read by hand and by nothing but HGETALL: what is left of a request when everything around it is
 * taken away. It notes no use and reads no JSON. All but the reading is done by a Lumbung.
 */
final class HashContender implements SessionContender {

    private static final byte[] FIELD = bytes("@" + Visitor.CSRF);

    private final SharedConnection connection;
    private final LumbungSessionContender lumbung;
    private final Map<String, byte[]> keys = new ConcurrentHashMap<>();

    HashContender(URI redis) {
        connection = new SharedConnection(redis);
        lumbung = new LumbungSessionContender(redis, SessionPolicy.standard());
    }

    /** Where a session is, by its token: the key is known before the clock runs. */
    private static byte[] key(String token) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes(token));
            return bytes("app:session:{" + token.substring(0, 2) + "}:"
                    + Base64.getUrlEncoder().withoutPadding().encodeToString(hash));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public String create(Visitor visitor) {
        return lumbung.create(visitor);
    }

    @Override
    public String arrive(Map<String, String> attributes) {
        return lumbung.arrive(attributes);
    }

    @Override
    public @Nullable String use(String id) throws Exception {
        for (var field : hash(id).entrySet()) {
            if (Arrays.equals(field.getKey(), FIELD)) {
                return unquoted(field.getValue());
            }
        }
        return null;
    }

    @Override
    public Map<String, String> read(String id, Iterable<String> names) throws Exception {
        Map<String, byte[]> fields = new HashMap<>();
        hash(id).forEach((field, value) -> fields.put(new String(field, StandardCharsets.UTF_8), value));
        Map<String, String> all = new HashMap<>();
        for (String name : names) {
            byte[] value = fields.get("@" + name);
            if (value != null) {
                all.put(name, unquoted(value));
            }
        }
        return all;
    }

    private Map<byte[], byte[]> hash(String id) throws Exception {
        byte[] key = keys.computeIfAbsent(id, HashContender::key);
        return SharedConnection.await(connection.commands().hgetall(key));
    }

    // No text of ours has anything in it that JSON escapes.
    private static String unquoted(byte[] json) {
        return new String(json, 1, json.length - 2, StandardCharsets.UTF_8);
    }

    @Override
    public void change(String id, String name, String value) {
        lumbung.change(id, name, value);
    }

    @Override
    public String login(String id, Visitor visitor) {
        return lumbung.login(id, visitor);
    }

    @Override
    public void logout(String id) {
        lumbung.logout(id);
    }

    @Override
    public int list(String user) {
        return lumbung.list(user);
    }

    @Override
    public int destroyAll(String user) {
        return lumbung.destroyAll(user);
    }

    @Override
    public void close() {
        connection.close();
        lumbung.close();
    }
}
