package io.lumbung.doctor;

import io.lumbung.error.StoreException;
import io.lumbung.error.StoreRefusedException;
import io.lumbung.redis.Command;
import io.lumbung.redis.Deadline;
import io.lumbung.redis.Redis;
import io.lumbung.redis.Reply;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks servers for settings that endanger what Lumbung keeps on them. It only reads, and never fails because a server
 * is away or does not let it look: what it cannot see it does not judge. Thread-safe.
 */
public final class Doctor {
    private static final Logger LOG = LoggerFactory.getLogger("io.lumbung.doctor");
    private static final long MEBIBYTE = 1024 * 1024;
    private static final Command<Map<String, String>> MEMORY = Command.plain(
                    "doctor.memory", "INFO", reply -> fields(reply), "memory")
            .repeatable();

    private final Redis state;
    private final Duration deadline;
    private final Optional<String> sentinelMaster;
    private final Set<String> forbidden = ConcurrentHashMap.newKeySet();

    private Doctor(Redis state, Duration deadline, Optional<String> sentinelMaster) {
        this.state = state;
        this.deadline = deadline;
        this.sentinelMaster = sentinelMaster;
    }

    /**
     * For the servers that hold state.
     *
     * @param deadline for each question to a server
     * @param sentinelMaster the name under which Sentinels know the master, if that is how it is found
     */
    public static Doctor of(Redis state, Duration deadline, Optional<String> sentinelMaster) {
        return new Doctor(
                Objects.requireNonNull(state, "state"),
                Objects.requireNonNull(deadline, "deadline"),
                Objects.requireNonNull(sentinelMaster, "sentinelMaster"));
    }

    /**
     * The masters that may throw away sessions, locks, limits and counters to save memory, each with the exact fix. One
     * round trip to each master.
     *
     * @return empty if no master answered the question
     */
    public Optional<List<Finding>> eviction() {
        Set<Finding> findings = new HashSet<>();
        boolean answered = false;
        for (String master : state.masters()) {
            try {
                Map<String, String> memory =
                        state.sendTo(master, MEMORY, Deadline.in(deadline)).await();
                answered |= memory.containsKey("maxmemory_policy");
                evicting(master, memory).ifPresent(findings::add);
            } catch (StoreRefusedException e) {
                sayOnce(master, e);
            } catch (StoreException e) {
                LOG.debug("{} did not say how it treats its memory", master, e);
            }
        }
        return answered
                ? Optional.of(findings.stream()
                        .sorted((a, b) -> a.server().compareTo(b.server()))
                        .toList())
                : Optional.empty();
    }

    private Optional<Finding> evicting(String master, Map<String, String> memory) {
        String policy = memory.getOrDefault("maxmemory_policy", "noeviction");
        long limit = number(memory.getOrDefault("maxmemory", "0"));
        if (limit <= 0 || policy.equals("noeviction")) {
            return Optional.empty();
        }
        // Behind Sentinels we know the Sentinels' address only, and the next master needs the same setting.
        String server = sentinelMaster
                .map(name -> "every server of the master '" + name + "'")
                .orElse(master);
        return Optional.of(new Finding(
                sentinelMaster.map(name -> "master '" + name + "'").orElse(master),
                "it holds state and may evict it: maxmemory-policy is " + policy + " at maxmemory " + size(limit)
                        + ", so sessions, locks, limits and counters can vanish before their time",
                "Run CONFIG SET maxmemory-policy noeviction on " + server
                        + ", or give state a server of its own: LUMBUNG_STATE_REDIS_URL"));
    }

    private void sayOnce(String master, StoreRefusedException e) {
        if (forbidden.add(master)) {
            LOG.info(
                    "{} does not let us read its memory settings, so whether it evicts state is not known; allow INFO to"
                            + " this user (ACL rule +info): {}",
                    master,
                    e.getMessage());
        }
    }

    private static Map<String, String> fields(Reply info) {
        return info.text()
                .lines()
                .map(line -> line.split(":", 2))
                .filter(pair -> pair.length == 2)
                .collect(Collectors.toMap(pair -> pair[0].strip(), pair -> pair[1].strip(), (first, again) -> first));
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static String size(long bytes) {
        return bytes % MEBIBYTE == 0
                ? String.format(Locale.ROOT, "%dmb", bytes / MEBIBYTE)
                : String.format(Locale.ROOT, "%d bytes", bytes);
    }
}
