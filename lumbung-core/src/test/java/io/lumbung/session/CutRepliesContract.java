package io.lumbung.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lumbung.embedded.fault.Cut;
import io.lumbung.embedded.fault.FaultProxy;
import io.lumbung.error.StoreException;
import io.lumbung.session.SessionPolicy.WhenFull;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The server did it and its reply is lost: the call is sent again, does nothing twice and answers as the first time. */
@Timeout(60)
interface CutRepliesContract {
    SessionBench here();

    SessionBench there();

    /** What lies between the sessions and each server. */
    List<FaultProxy> ways();

    @AfterEach
    default void heal() {
        ways().forEach(FaultProxy::heal);
    }

    private static String somebody() {
        return "c" + Long.toUnsignedString(ThreadLocalRandom.current().nextLong(), 36);
    }

    private Sessions sessions() {
        return here().sessions(SessionPolicy.standard().withTouchEvery(Duration.ZERO));
    }

    private Sessions others() {
        return there().sessions(SessionPolicy.standard());
    }

    /**
     * Makes a call during which the reply to the n-th {@code operation} is cut, and waits until all is well again.
     *
     * @param usual how many such commands come from there on if nothing is cut
     */
    private <T> T repeated(String operation, int n, int usual, Cut cut, Supplier<T> call) {
        String command = operation.equals("session.find") ? "HGETALL" : "EVALSHA";
        int open = connections();
        here().watched
                .before(
                        operation,
                        n,
                        () -> ways().forEach(way -> {
                            way.forgetCommands();
                            way.cutAfterExecution(command, 1, cut);
                        }));
        T result = call.get();
        assertThat(here().watched.allRan()).as(operation + " was sent").isTrue();
        assertThat(ways().stream().mapToLong(way -> way.count(command)).sum())
                .as("calls of " + command)
                .isGreaterThan(usual);
        heal();
        await().ignoreExceptionsInstanceOf(StoreException.class)
                .until(() -> connections() >= open
                        && sessions().find(SessionToken.inAnyBucket()).isEmpty()
                        && others().find(SessionToken.inAnyBucket()).isEmpty());
        return result;
    }

    private int connections() {
        return ways().stream().mapToInt(FaultProxy::connections).sum();
    }

    private static SessionToken login(Sessions sessions, String user) {
        return ((CreateResult.Created) sessions.create(NewSession.of(user))).token();
    }

    /** A user's session, in whose slot every script was run before. */
    private SessionToken warm(String user, boolean abroad) {
        Sessions sessions = sessions();
        SessionToken token;
        if (abroad) {
            do {
                token = ((CreateResult.Created) sessions.create(NewSession.anonymous())).token();
            } while (SessionCommands.isAtHome(token.ref(), user));
            sessions.assign(token, user);
        } else {
            token = login(sessions, user);
            sessions.destroy(login(sessions, user));
        }
        sessions.update(token, SessionChange.none().set("n", 0));
        sessions.find(token);
        SessionToken next = ((RotateResult.Rotated) sessions.rotate(token)).token();
        sessions.assign(next, user);
        sessions.refresh(next);
        SessionToken nobody = SessionToken.fresh(token.ref().bucket());
        here().redis
                .call(
                        new SessionCommands(here().keys, false).destroy(Optional.empty(), List.of(nobody.ref())),
                        SessionBench.soon());
        return next;
    }

    @ParameterizedTest
    @EnumSource
    default void oneSessionIsCreated(Cut cut) {
        String user = somebody();
        warm(user, false);
        CreateResult.Created created = (CreateResult.Created) repeated(
                "session.create",
                1,
                1,
                cut,
                () -> sessions().create(NewSession.of(user).with("a", 1)));
        Session found = others().find(created.token()).orElseThrow();
        assertThat(found.createdAt()).isEqualTo(created.session().createdAt());
        assertThat(found.version()).isEqualTo(1);
        assertThat(others().list(user)).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource
    default void oneSessionMakesRoom(Cut cut) {
        String user = somebody();
        warm(user, false);
        login(sessions(), user);
        Sessions two = here().sessions(SessionPolicy.standard().withMost(2, WhenFull.EVICT_OLDEST));
        CreateResult.Created created =
                (CreateResult.Created) repeated("session.create", 2, 1, cut, () -> two.create(NewSession.of(user)));
        assertThat(created.evicted()).hasSize(1);
        assertThat(others().find(created.token())).isPresent();
        assertThat(others().list(user)).hasSize(2);
        assertThat(here().number("ZCARD", here().index(user))).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    default void aChangeIsMadeOnce(Cut cut) {
        SessionToken token = warm(somebody(), false);
        Session read = others().find(token).orElseThrow();
        UpdateResult result = repeated(
                "session.update",
                1,
                1,
                cut,
                () -> sessions().update(token, SessionChange.none().set("n", 1).onlyIf(read)));
        assertThat(result).isEqualTo(new UpdateResult.Updated(read.version() + 1));
        assertThat(others().find(token).orElseThrow().version()).isEqualTo(read.version() + 1);
    }

    @ParameterizedTest
    @EnumSource
    default void aUseIsNoted(Cut cut) {
        for (boolean abroad : new boolean[] {false, true}) {
            for (int n = 1; n <= (abroad ? 2 : 1); n++) {
                String user = somebody();
                SessionToken token = warm(user, abroad);
                Optional<Session> used = repeated(
                        n == 1 ? "session.touch" : "session.enter",
                        1,
                        abroad && n == 2 ? 2 : 1,
                        cut,
                        () -> sessions().find(token));
                assertThat(used).isPresent();
                assertThat(others().list(user)).hasSize(1);
                Optional<Session> refreshed =
                        repeated("session.find", 1, 1, cut, () -> sessions().refresh(token));
                assertThat(refreshed).isPresent();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    default void aSessionIsRotatedOnce(Cut cut) {
        for (boolean abroad : new boolean[] {false, true}) {
            for (int n = 1; n <= (abroad ? 2 : 1); n++) {
                for (Duration grace : List.of(Duration.ZERO, Duration.ofSeconds(10))) {
                    String user = somebody();
                    SessionToken token = warm(user, abroad);
                    Sessions rotating = here().sessions(SessionPolicy.standard().withGrace(grace));
                    RotateResult result = repeated(
                            abroad && n == 1 ? "session.enter" : "session.rotate",
                            1,
                            abroad && n == 1 ? 2 : 1,
                            cut,
                            () -> rotating.rotate(token));
                    assertThat(result).isInstanceOf(RotateResult.Rotated.class);
                    SessionId id = ((RotateResult.Rotated) result).token().id();
                    assertThat(others().list(user)).extracting(Session::id).containsExactly(id);
                    assertThat(others().find(token).map(Session::id))
                            .isEqualTo(grace.isZero() ? Optional.empty() : Optional.of(id));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    default void aSessionIsAssignedOnce(Cut cut) {
        for (int n = 1; n <= 2; n++) {
            String user = somebody();
            SessionToken token = warm(somebody(), true);
            warm(user, true);
            Optional<Session> assigned = repeated(
                    n == 1 ? "session.enter" : "session.assign",
                    1,
                    n == 1 ? 2 : 1,
                    cut,
                    () -> sessions().assign(token, user));
            assertThat(assigned).map(Session::user).contains(Optional.of(user));
            assertThat(others().list(user)).extracting(Session::id).contains(token.id());
            assertThat(others().destroyAll(user)).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @EnumSource
    default void aSessionEnds(Cut cut) {
        for (boolean abroad : new boolean[] {false, true}) {
            String user = somebody();
            SessionToken token = warm(user, abroad);
            repeated("session.destroy", 1, 1, cut, () -> sessions().destroy(token));
            assertThat(others().find(token)).isEmpty();
            assertThat(others().list(user)).isEmpty();
            assertThat(others().destroy(token)).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    default void allSessionsEnd(Cut cut) {
        String user = somebody();
        SessionToken abroad = warm(user, true);
        SessionToken home = login(sessions(), user);
        sessions().destroy(login(sessions(), user));
        repeated("session.destroy", 1, 2, cut, () -> sessions().destroyAll(user));
        assertThat(others().find(abroad)).isEmpty();
        assertThat(others().find(home)).isEmpty();
        assertThat(others().list(user)).isEmpty();
    }
}
