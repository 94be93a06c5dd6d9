package io.lumbung.spring.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lumbung.Lumbung;
import io.lumbung.config.LumbungConfig;
import io.lumbung.embedded.RedisServer;
import io.lumbung.session.SessionPolicy;
import io.lumbung.session.SessionToken;
import io.lumbung.session.Sessions;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.session.FlushMode;
import org.springframework.session.SaveMode;
import tools.jackson.databind.json.JsonMapper;

@ExtendWith(OutputCaptureExtension.class)
class LumbungSessionRepositoryIT {
    private static final String PRINCIPAL = FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME;

    private static RedisServer redis;
    private static Lumbung lumbung;
    private static Sessions sessions;

    private final LumbungSessionRepository repository = with(SaveMode.ON_SET_ATTRIBUTE, FlushMode.ON_SAVE);

    @BeforeAll
    static void start() {
        redis = RedisServer.builder().inMemoryOnly().start();
        lumbung = Lumbung.connect(LumbungConfig.builder().url(redis.url()).build());
        sessions = lumbung.sessions(SessionPolicy.standard());
    }

    @AfterAll
    static void stop() {
        lumbung.close();
        redis.close();
    }

    @BeforeEach
    void empty() {
        redis.command("FLUSHALL");
    }

    private static LumbungSessionRepository with(SaveMode save, FlushMode flush) {
        return with(sessions, save, flush);
    }

    private static LumbungSessionRepository with(Sessions some, SaveMode save, FlushMode flush) {
        return new LumbungSessionRepository(
                some,
                lumbung::sessions,
                new RequestDevices(() -> null),
                new AttributeTypes(List.of(), LumbungSessionRepositoryIT.class.getClassLoader()),
                save,
                flush,
                SessionNews.untold());
    }

    private LumbungSession found(LumbungSession session) {
        LumbungSession found = repository.findById(session.getId());
        assertThat(found).isNotNull();
        return found;
    }

    private static String onlySession() {
        List<String> all =
                keys().stream().filter(key -> !key.contains(":user:")).toList();
        assertThat(all).hasSize(1);
        return all.get(0);
    }

    /** Does not reach Redis as often as {@code left} says. */
    private static Sessions failing(String call, AtomicInteger left) {
        return (Sessions) Proxy.newProxyInstance(
                Sessions.class.getClassLoader(), new Class<?>[] {Sessions.class}, (proxy, method, args) -> {
                    if (method.getName().equals(call) && left.getAndDecrement() > 0) {
                        throw new IllegalStateException("cut");
                    }
                    try {
                        return method.invoke(sessions, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static List<String> keys() {
        return ((List<?>) redis.command("KEYS", "*"))
                .stream().map(Object::toString).toList();
    }

    @Test
    void whatIsSetIsThereAfterSavingAndNotBefore() {
        LumbungSession session = repository.createSession();
        session.setAttribute("a", 1);
        session.setAttribute("b", List.of("x"));
        assertThat(found(session).getAttributeNames()).isEmpty();

        repository.save(session);

        LumbungSession found = found(session);
        assertThat(found.getAttributeNames()).containsExactly("a", "b");
        assertThat((Object) found.getAttribute("a")).isEqualTo(1);
        assertThat((Object) found.getAttribute("b")).isEqualTo(List.of("x"));
        assertThat((Object) found.getAttribute("c")).isNull();
        assertThat(found.isExpired()).isFalse();
        assertThat(found.getMaxInactiveInterval()).isEqualTo(Duration.ofHours(24));
        assertThat(found.getCreationTime()).isEqualTo(session.getCreationTime());

        found.removeAttribute("a");
        found.setAttribute("b", null);
        repository.save(found);
        assertThat(found(session).getAttributeNames()).isEmpty();
    }

    @Test
    void whatIsKeptIsOnlyWrittenWhereItChanged() {
        LumbungSession session = repository.createSession();
        session.setAttribute("list", new ArrayList<>(List.of("x")));
        repository.save(session);
        for (SaveMode mode : SaveMode.values()) {
            LumbungSessionRepository one = with(mode, FlushMode.ON_SAVE);
            LumbungSession read = one.findById(session.getId());
            List<String> list = read.getAttribute("list");
            list.add(mode.name());
            one.save(read);
        }
        assertThat((Object) found(session).getAttribute("list")).isEqualTo(List.of("x", "ON_GET_ATTRIBUTE", "ALWAYS"));

        String key = keys().get(0);
        Object version = redis.command("HGET", key, "v");
        LumbungSessionRepository always = with(SaveMode.ALWAYS, FlushMode.ON_SAVE);
        always.save(always.findById(session.getId()));
        assertThat(redis.command("HGET", key, "v"))
                .as("nothing changed, nothing written")
                .isEqualTo(version);
    }

    @Test
    void withImmediateFlushNothingHasToBeSaved() {
        LumbungSessionRepository immediate = with(SaveMode.ON_SET_ATTRIBUTE, FlushMode.IMMEDIATE);
        LumbungSession session = immediate.createSession();
        session.setAttribute("a", 1);
        session.setAttribute(PRINCIPAL, "ana");
        session.setMaxInactiveInterval(Duration.ofMinutes(5));

        assertThat((Object) found(session).getAttribute("a")).isEqualTo(1);
        assertThat(found(session).getMaxInactiveInterval()).isEqualTo(Duration.ofMinutes(5));
        assertThat(repository.findByPrincipalName("ana")).hasSize(1);
        session.removeAttribute("a");
        assertThat(found(session).getAttributeNames()).containsExactly(PRINCIPAL);
    }

    @Test
    void savingASessionThatIsGoneWritesNothing() {
        LumbungSession session = repository.createSession();
        session.setAttribute(PRINCIPAL, "ana");
        repository.save(session);
        LumbungSession slow = found(session);
        LumbungSession slower = found(session);
        LumbungSession slowest = found(session);

        repository.deleteById(session.getId());
        assertThat(keys()).isEmpty();
        slow.setAttribute("late", 1);
        repository.save(slow);
        slower.setAttribute(PRINCIPAL, "ben");
        slower.setMaxInactiveInterval(Duration.ofHours(1));
        repository.save(slower);
        String id = slowest.getId();
        assertThat(slowest.changeSessionId()).isEqualTo(id);
        slowest.setAttribute("late", 1);
        repository.save(slowest);

        assertThat(keys()).isEmpty();
        assertThat(repository.findById(session.getId())).isNull();
        assertThat(slow.isExpired()).isTrue();
    }

    @Test
    void aChangedIdIsTheOnlyOneThatLeadsToTheSession() {
        LumbungSession session = repository.createSession();
        String before = session.getId();
        session.setAttribute("a", 1);

        String after = session.changeSessionId();
        repository.save(session);

        assertThat(after).isNotEqualTo(before).isEqualTo(session.getId());
        assertThat(repository.findById(before)).isNull();
        assertThat((Object) repository.findById(after).getAttribute("a")).isEqualTo(1);
    }

    @Test
    void allSessionsOfAUserCanBeEnded() {
        LumbungSession one = repository.createSession();
        one.setAttribute(PRINCIPAL, "ana");
        repository.save(one);
        LumbungSession other = repository.createSession();
        other.setAttribute(PRINCIPAL, "ana");
        repository.save(other);
        other.changeSessionId();
        assertThat(repository.findByPrincipalName("ana")).hasSize(2);
        assertThat(repository.findByIndexNameAndIndexValue("other", "ana")).isEmpty();

        assertThat(sessions.destroyAll("ana")).isEqualTo(2);

        assertThat(keys()).isEmpty();
        assertThat(repository.findById(other.getId())).isNull();
    }

    @Test
    void aSessionChangesHands() {
        LumbungSession session = repository.createSession();
        session.setAttribute(PRINCIPAL, "ana");
        repository.save(session);
        session.setAttribute(PRINCIPAL, "ben");
        repository.save(session);

        assertThat(repository.findByPrincipalName("ana")).isEmpty();
        assertThat(repository.findByPrincipalName("ben")).hasSize(1);
    }

    @Test
    void whoLeavesASessionLeavesItToNobody() {
        LumbungSession session = repository.createSession();
        session.setAttribute(PRINCIPAL, "ana");
        session.setAttribute("cart", "full");
        repository.save(session);
        LumbungSession read = found(session);
        read.removeAttribute(PRINCIPAL);
        repository.save(read);

        assertThat(repository.findByPrincipalName("ana")).isEmpty();
        assertThat(sessions.destroyAll("ana")).isZero();
        assertThat((Object) found(session).getAttribute("cart")).isEqualTo("full");

        read.setAttribute(PRINCIPAL, "ben");
        repository.save(read);
        assertThat(repository.findByPrincipalName("ben")).hasSize(1);
    }

    @Test
    void aSessionStaysInTheListWhileOthersMayReadWhoIsLoggedIn() {
        LumbungSession session = repository.createSession();
        session.setAttribute(PRINCIPAL, "ana");
        repository.save(session);
        redis.command("HSET", onlySession(), "@SPRING_SECURITY_CONTEXT", "[\"com.example.Newer\",{}]");
        LumbungSession read = found(session);
        read.removeAttribute(PRINCIPAL);
        repository.save(read);

        assertThat(repository.findByPrincipalName("ana")).hasSize(1);
    }

    @Test
    void aSessionThatLetsSomebodyInIsInAListWhateverFails() {
        LumbungSession session = repository.createSession();
        session.setAttribute(PRINCIPAL, "ana");
        repository.save(session);
        AtomicInteger left = new AtomicInteger(1);
        LumbungSessionRepository broken = with(failing("update", left), SaveMode.ON_SET_ATTRIBUTE, FlushMode.ON_SAVE);
        LumbungSession read = broken.findById(session.getId());
        read.removeAttribute(PRINCIPAL);

        assertThatThrownBy(() -> broken.save(read)).hasMessage("cut");
        assertThat(repository.findByPrincipalName("ana")).hasSize(1);

        broken.save(read);
        assertThat(repository.findByPrincipalName("ana")).isEmpty();
    }

    @Test
    void aListedSessionCannotBeChanged() {
        LumbungSession session = repository.createSession();
        session.setAttribute(PRINCIPAL, "ana");
        repository.save(session);
        LumbungSession listed =
                repository.findByPrincipalName("ana").values().iterator().next();

        assertThat((Object) listed.getAttribute(PRINCIPAL)).isEqualTo("ana");
        assertThatThrownBy(() -> listed.setAttribute("a", 1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(listed::changeSessionId).isInstanceOf(IllegalStateException.class);
        repository.save(listed);
        assertThat(repository.findById(listed.getId())).isNull();
        repository.deleteById(listed.getId());
        assertThat(repository.findById(session.getId())).isNull();
    }

    @Test
    void anAttributeThatIsNotAllowedIsRefusedWhenItIsSet() {
        LumbungSession session = repository.createSession();
        assertThatThrownBy(() -> session.setAttribute("thread", Thread.currentThread()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("java.lang.Thread")
                .hasMessageContaining("lumbung.session.types");
    }

    @Test
    void aSessionThatSomebodyElseRotatedIsNotLoggedInUnderAnIdThatWasKnown() {
        LumbungSession session = repository.createSession();
        sessions.rotate(SessionToken.parse(session.getId()).orElseThrow());
        LumbungSession found = found(session);

        found.changeSessionId();
        found.setAttribute(PRINCIPAL, "ana");
        repository.save(found);

        assertThat(repository.findByPrincipalName("ana")).isEmpty();
        assertThat(found(session).getAttributeNames()).isEmpty();
    }

    @Test
    void deletingWhatIsNoSessionDoesNothing() {
        for (String id : List.of("", "x", "x@ana", "@", "a".repeat(22) + "@", "a".repeat(22) + "@nobody")) {
            assertThatCode(() -> repository.deleteById(id)).as(id).doesNotThrowAnyException();
        }
    }

    @Test
    void aLineBreakInANameForgesNoLineOfTheLog(CapturedOutput output) {
        LumbungSession session = repository.createSession();
        redis.command("HSET", keys().get(0), "@a\r\nforged\u2028b", "[\"c\nforged\",1]");
        assertThat(found(session).getAttributeNames()).isEmpty();
        assertThat(output.toString()).contains("attribute 'a??forged?b'", "c?forged is not allowed");
    }

    @Test
    void threadsOfOneRequestShareItsSession() throws Exception {
        LumbungSession session = repository.createSession();
        int threads = 8;
        int each = 50;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int me = i;
                all.add(pool.submit(() -> {
                    for (int n = 0; n < each; n++) {
                        session.setAttribute("t" + me + "-" + n, n);
                        assertThat(session.getAttributeNames()).contains("t" + me + "-" + n);
                        if (n % 10 == 9) {
                            repository.save(session);
                        }
                    }
                }));
            }
            for (Future<?> one : all) {
                one.get(60, TimeUnit.SECONDS);
            }
        } finally {
            pool.shutdownNow();
        }
        repository.save(session);
        assertThat(found(session).getAttributeNames()).hasSize(threads * each);
    }

    @Test
    void aSessionNeverStandsInTheListOfOneUserWhileItLetsInAnother() {
        for (String fails : List.of("update", "assign")) {
            LumbungSession session = repository.createSession();
            session.setAttribute(PRINCIPAL, "ana");
            repository.save(session);
            Sessions cut = failing(fails, new AtomicInteger(1));
            LumbungSessionRepository broken = with(cut, SaveMode.ON_SET_ATTRIBUTE, FlushMode.ON_SAVE);
            LumbungSession again = broken.findById(session.getId());
            again.setAttribute(PRINCIPAL, "ben");

            assertThatThrownBy(() -> broken.save(again)).hasMessage("cut");
            assertThat(repository.findByPrincipalName("ben")).as(fails).isEmpty();
            assertThat(repository.findByPrincipalName("ana")).as(fails).hasSize(1);

            broken.save(again);
            assertThat(repository.findByPrincipalName("ana")).as(fails).isEmpty();
            LumbungSession ben =
                    repository.findByPrincipalName("ben").values().iterator().next();
            assertThat((Object) ben.getAttribute(PRINCIPAL)).as(fails).isEqualTo("ben");
            repository.deleteById(session.getId());
        }
    }

    @Test
    void aNameThatCannotBeKeptIsRefusedWhenItIsSetAndNotWhenTheOthersAreSaved() {
        LumbungSession session = repository.createSession();
        session.setAttribute("a", 1);
        for (String name : List.of("", "a".repeat(129), "a\nb")) {
            assertThatThrownBy(() -> session.setAttribute(name, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("name of an attribute");
            session.removeAttribute(name);
        }
        repository.save(session);
        assertThat(found(session).getAttributeNames()).containsExactly("a");
    }

    @Test
    void theTextOfASessionHidesItsId() {
        LumbungSession session = repository.createSession();
        assertThat(session.toString())
                .doesNotContain(session.getId())
                .doesNotContain(session.getId().substring(3));
        assertThat(JsonMapper.builder().build().writeValueAsString(session))
                .contains("creationTime")
                .doesNotContain(session.getId().substring(3));
    }

    @Test
    void anIdleLifeIsBroughtIntoItsBounds() {
        assertThat(LumbungSessionRepository.idle(Duration.ofSeconds(-1))).isEqualTo(Duration.ofDays(365));
        assertThat(LumbungSessionRepository.idle(Duration.ZERO)).isEqualTo(Duration.ofSeconds(1));
        assertThat(LumbungSessionRepository.idle(Duration.ofDays(400))).isEqualTo(Duration.ofDays(365));
        assertThat(LumbungSessionRepository.idle(Duration.ofMinutes(1))).isEqualTo(Duration.ofMinutes(1));
    }
}
