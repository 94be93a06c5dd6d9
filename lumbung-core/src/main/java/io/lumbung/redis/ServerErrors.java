package io.lumbung.redis;

import io.lumbung.error.Outcome;
import io.lumbung.error.StoreException;
import io.lumbung.error.StoreRefusedException;
import io.lumbung.error.StoreUnavailableException;
import java.util.Map;
import java.util.Set;

/** What an error reply means for the caller, by its first word. */
final class ServerErrors {
    private static final Set<String> UNAVAILABLE = Set.of(
            "LOADING", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "READONLY", "NOREPLICAS", "BUSY", "MOVED", "ASK");

    private static final Map<String, String> FIXES = Map.of(
            "WRONGTYPE", "another program wrote this key; give Lumbung a key prefix of its own",
            "OOM", "raise maxmemory, or set an eviction policy on the cache's server",
            "MISCONF", "the server cannot save to disk: see its log, free some space",
            "NOAUTH", "set REDIS_PASSWORD",
            "WRONGPASS", "check REDIS_USERNAME and REDIS_PASSWORD",
            "NOPERM", "allow this user the command and the key prefix (ACL SETUSER)",
            "CROSSSLOT", "keys of one call must share a slot: this is a bug of the caller");

    private ServerErrors() {}

    static boolean isNoScript(String error) {
        return error.startsWith("NOSCRIPT");
    }

    static boolean isReadOnly(String error) {
        return error.startsWith("READONLY");
    }

    /** The exception for the error reply {@code error} to {@code command}. */
    static StoreException of(Command<?> command, String error, Throwable cause) {
        String word = firstWord(error);
        if (UNAVAILABLE.contains(word) || error.startsWith("ERR max number of clients reached")) {
            return new StoreUnavailableException(
                    command.operation(), command.keyText(), "the server answered " + error, cause);
        }
        // A script that fails half-way keeps what it wrote; only what refuses it as a whole, or refuses its first
        // write, proves that nothing was done.
        boolean insideScript = command.script() != null && (!FIXES.containsKey(word) || word.equals("WRONGTYPE"));
        String fix = FIXES.get(word);
        return new StoreRefusedException(
                command.operation(),
                command.keyText(),
                insideScript ? Outcome.UNKNOWN : Outcome.NOT_DONE,
                "the server refused: " + error + (fix == null ? "" : "; " + fix),
                cause);
    }

    private static String firstWord(String error) {
        int space = error.indexOf(' ');
        return space < 0 ? error : error.substring(0, space);
    }
}
