package io.lumbung.session;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import io.lumbung.embedded.RedisServer;
import io.lumbung.embedded.RespConnection;
import io.lumbung.error.StoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** Whoever reads the logs, the keys, the values, the wire or a dump of Redis cannot log in with what is there. */
@Timeout(60)
class SessionSecretsIT {
    private static final int TOKENS = 1_000;
    private static final Pattern RANDOM_LOOKING = Pattern.compile("[A-Za-z0-9_-]{43,}");

    private final Queue<String> logged = new ConcurrentLinkedQueue<>();
    private final Queue<String> monitored = new ConcurrentLinkedQueue<>();
    private final List<Appender<ILoggingEvent>> silenced = new ArrayList<>();
    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Logger ours = (Logger) LoggerFactory.getLogger("io.lumbung");
    private final Level rootLevel = root.getLevel();
    private final Level ourLevel = ours.getLevel();
    private final AppenderBase<ILoggingEvent> listener = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            logged.add(event.getFormattedMessage());
            for (IThrowableProxy e = event.getThrowableProxy(); e != null; e = e.getCause()) {
                logged.add(e.getClassName() + ": " + e.getMessage());
            }
        }
    };
    private RedisServer server;

    @BeforeEach
    void start() {
        server = RedisServer.builder().config("rdbcompression", "no").start();
        for (Iterator<Appender<ILoggingEvent>> all = root.iteratorForAppenders(); all.hasNext(); ) {
            silenced.add(all.next());
        }
        silenced.forEach(root::detachAppender);
        listener.start();
        root.addAppender(listener);
        root.setLevel(Level.DEBUG);
        ours.setLevel(Level.TRACE);
    }

    @AfterEach
    void stop() {
        root.detachAppender(listener);
        silenced.forEach(root::addAppender);
        root.setLevel(rootLevel);
        ours.setLevel(ourLevel);
        server.close();
    }

    @Test
    void noTokenIsAnywhere() throws IOException {
        Set<String> secrets = new HashSet<>();
        Set<String> raw = new HashSet<>();
        List<String> kept = new ArrayList<>();
        try (RespConnection monitor = server.connect();
                SessionBench here = SessionBench.at(server.url())) {
            monitor.command("MONITOR");
            SessionBench.daemon(() -> listen(monitor), "monitor").start();
            for (SessionToken token : scenario(here)) {
                String random = token.text().substring(3);
                secrets.add(random);
                raw.add(new String(Base64.getUrlDecoder().decode(random), ISO_8859_1));
            }
            assertThat(secrets).hasSizeGreaterThanOrEqualTo(TOKENS);
            server.command("SAVE");
            server.command("ECHO", "the end");
            await().until(() -> monitored.stream().anyMatch(line -> line.contains("the end")));
            for (String key : here.keysWith("")) {
                kept.add(key);
                kept.add(String.valueOf(server.command("OBJECT", "ENCODING", key)));
                kept.add(String.valueOf(
                        switch (String.valueOf(server.command("TYPE", key))) {
                            case "zset" -> server.command("ZRANGE", key, "0", "-1", "WITHSCORES");
                            case "hash" -> server.command("HGETALL", key);
                            default -> server.command("GET", key);
                        }));
            }
        }
        String dump = Files.readString(server.dataDirectory().resolve("dump.rdb"), ISO_8859_1);
        String files;
        try (var all = Files.walk(server.dataDirectory())) {
            files = all.filter(Files::isRegularFile).map(SessionSecretsIT::text).reduce("", String::concat);
        }
        assertThat(logged).as("DEBUG is on").anyMatch(line -> line.contains("created session"));
        assertThat(monitored).anyMatch(line -> line.contains("app:session:{"));
        assertThat(kept).hasSizeGreaterThan(TOKENS);
        assertThat(dump).contains("app:session:{");
        assertThat(found(secrets, String.join("\n", logged))).as("in the log").isEmpty();
        assertThat(found(secrets, String.join("\n", kept))).as("in Redis").isEmpty();
        assertThat(found(secrets, String.join("\n", monitored)))
                .as("on the wire")
                .isEmpty();
        assertThat(found(secrets, dump)).as("in a dump").isEmpty();
        assertThat(found(secrets, files)).as("in any file").isEmpty();
        assertThat(foundRaw(raw, dump)).as("as bytes in a dump").isEmpty();
        System.out.printf(
                "%d tokens: none in %d lines of log, %d commands, %d keys, %d bytes of files%n",
                secrets.size(), logged.size(), monitored.size(), kept.size() / 3, files.length());

        String one = secrets.iterator().next();
        String bytes = raw.iterator().next();
        assertThat(found(secrets, "x" + one + "y"))
                .as("the search finds what is there")
                .containsExactly(one);
        assertThat(foundRaw(raw, "x" + bytes + "y")).containsExactly(bytes);
    }

    /** Everything that can be done to sessions, also what fails. */
    private List<SessionToken> scenario(SessionBench here) {
        Sessions sessions = here.sessions(SessionPolicy.standard().withTouchEvery(Duration.ZERO));
        List<SessionToken> tokens = new ArrayList<>();
        for (int i = 0; i < TOKENS / 2; i++) {
            String user = "u" + i % 50;
            CreateResult.Created created = (CreateResult.Created) sessions.create(
                    i % 5 == 0 ? NewSession.anonymous() : NewSession.of(user).with("a", i));
            SessionToken token = created.token();
            tokens.add(token);
            sessions.find(token.text());
            sessions.update(token, SessionChange.none().set("b", i).onlyIf(created.session()));
            sessions.update(token, SessionChange.none().set("b", i).onlyIf(created.session()));
            SessionToken next = ((RotateResult.Rotated) sessions.rotate(token)).token();
            tokens.add(next);
            sessions.rotate(token);
            sessions.refresh(token);
            LoggerFactory.getLogger("io.lumbung.session").info("{} {} {}", token, next, created);
            if (i % 5 == 0) {
                sessions.assign(next, user);
            }
            if (i % 7 == 0) {
                server.command("SET", here.key(SessionToken.inAnyBucket()).text(), "x");
            }
            if (i % 10 == 0) {
                failing(here, sessions, next);
            }
            if (i % 20 == 1) {
                sessions.destroy(token);
                sessions.find(token);
            }
        }
        sessions.destroyAll("u1");
        sessions.find("no token");
        return tokens;
    }

    private void failing(SessionBench here, Sessions sessions, SessionToken token) {
        String key = here.key(token).text();
        server.command("COPY", key, key + ":aside");
        server.command("DEL", key);
        server.command("SET", key, "theirs");
        try {
            sessions.find(token);
        } catch (StoreException e) {
            LoggerFactory.getLogger("io.lumbung.session").warn("failed", e);
        }
        try {
            sessions.update(token, SessionChange.none().set("a", "x".repeat(70_000)));
        } catch (IllegalArgumentException e) {
            LoggerFactory.getLogger("io.lumbung.session").warn("too large", e);
        }
        server.command("RENAME", key + ":aside", key);
    }

    private void listen(RespConnection monitor) {
        try {
            while (true) {
                monitored.add(String.valueOf(monitor.read()));
            }
        } catch (UncheckedIOException e) {
            // It was closed: the scenario is over.
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Set<String> found(Set<String> secrets, String text) {
        Set<String> found = new HashSet<>();
        Matcher runs = RANDOM_LOOKING.matcher(text);
        while (runs.find()) {
            String run = runs.group();
            for (int i = 0; i + 43 <= run.length(); i++) {
                if (secrets.contains(run.substring(i, i + 43))) {
                    found.add(run.substring(i, i + 43));
                }
            }
        }
        return found;
    }

    private static Set<String> foundRaw(Set<String> raw, String text) {
        Set<String> found = new HashSet<>();
        for (int i = 0; i + 32 <= text.length(); i++) {
            if (raw.contains(text.substring(i, i + 32))) {
                found.add(text.substring(i, i + 32));
            }
        }
        return found;
    }
}
