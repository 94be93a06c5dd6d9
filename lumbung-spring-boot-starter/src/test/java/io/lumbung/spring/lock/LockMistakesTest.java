package io.lumbung.spring.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lumbung.config.ConfigException;
import io.lumbung.lock.Locks;
import java.lang.reflect.Proxy;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What is found when the application starts; nothing here asks Redis. */
class LockMistakesTest {
    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(LumbungLockAutoConfiguration.class))
            .withBean(Locks.class, LockMistakesTest::untouched);

    static class NoUnit {
        @Locked(name = "order", ttl = "10")
        public void run() {}
    }

    static class TooShort {
        @Locked(name = "order", ttl = "99ms")
        public void run() {}
    }

    static class TooLong {
        @Locked(name = "order", ttl = "25h")
        public void run() {}
    }

    static class Backwards {
        @Locked(name = "order", waitFor = "-1s")
        public void run() {}
    }

    static class WaitsTooLong {
        @Locked(name = "order", waitFor = "${test.wait}")
        public void run() {}
    }

    static class NoProperty {
        @Locked(name = "order", waitFor = "${test.nowhere}")
        public void run() {}
    }

    static class NoName {
        @Locked(name = "")
        public void run() {}
    }

    static class HostileName {
        @Locked(name = "order:{x}")
        public void run() {}
    }

    static class NoParameter {
        @Locked(name = "order", key = "#id")
        public void run() {}
    }

    static class SecondMethod {
        @Locked(name = "order")
        public void fine() {}

        @Locked(name = "order", ttl = "1 second")
        public void run() {}
    }

    static class Hidden {
        @Locked(name = "order")
        private void run() {}
    }

    static class Static {
        @Locked(name = "order")
        static void run() {}
    }

    static class Final {
        @Locked(name = "order")
        public final void run() {}
    }

    static class Inherited extends NoUnit {}

    interface Contract {
        @Locked(name = "order", ttl = "10")
        void run();
    }

    static class ByInterface implements Contract {
        @Override
        public void run() {}
    }

    static class Returning {
        @OnOneInstance(name = "digest", ttl = "1m", lockAtLeastFor = "1s")
        public int run() {
            return 1;
        }
    }

    static class AtLeastTooLong {
        @OnOneInstance(name = "digest", ttl = "1m", lockAtLeastFor = "61s")
        public void run() {}
    }

    static class AtMostBlank {
        @OnOneInstance(name = "digest", ttl = " ", lockAtLeastFor = "1s")
        public void run() {}
    }

    static class AtMostTooShort {
        @OnOneInstance(name = "digest", ttl = "10ms", lockAtLeastFor = "0s")
        public void run() {}
    }

    static class AtLeastBackwards {
        @OnOneInstance(name = "digest", ttl = "10s", lockAtLeastFor = "-1s")
        public void run() {}
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                Arguments.of(NoUnit.class, "ttl of @Locked on %s.run is '10': it has no unit"),
                Arguments.of(TooShort.class, "ttl of @Locked on %s.run is '99ms'"),
                Arguments.of(TooLong.class, "ttl of @Locked on %s.run is '25h'"),
                Arguments.of(Backwards.class, "waitFor of @Locked on %s.run is '-1s'"),
                Arguments.of(WaitsTooLong.class, "waitFor of @Locked on %s.run is '30h'"),
                Arguments.of(NoProperty.class, "waitFor of @Locked on %s.run is '${test.nowhere}'"),
                Arguments.of(NoName.class, "name of @Locked on %s.run is ''"),
                Arguments.of(HostileName.class, "name of @Locked on %s.run is 'order:{x}'"),
                Arguments.of(NoParameter.class, "key of @Locked on %s.run is '#id'"),
                Arguments.of(SecondMethod.class, "ttl of @Locked on %s.run is '1 second'"),
                Arguments.of(Hidden.class, "@Locked on %s.run: a method that is private, static or final"),
                Arguments.of(Static.class, "@Locked on %s.run: a method that is private, static or final"),
                Arguments.of(Final.class, "@Locked on %s.run: a method that is private, static or final"),
                Arguments.of(Inherited.class, "ttl of @Locked on %s.run is '10'"),
                Arguments.of(ByInterface.class, "ttl of @Locked on %s.run is '10'"),
                Arguments.of(Returning.class, "@OnOneInstance on %s.run: it returns something"),
                Arguments.of(AtLeastTooLong.class, "lockAtLeastFor of @OnOneInstance on %s.run is '61s': it is longer"),
                Arguments.of(AtMostBlank.class, "ttl of @OnOneInstance on %s.run: it is missing"),
                Arguments.of(AtMostTooShort.class, "ttl of @OnOneInstance on %s.run is '10ms'"),
                Arguments.of(AtLeastBackwards.class, "lockAtLeastFor of @OnOneInstance on %s.run is '-1s'"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void aMistakeStopsTheStartWithAMessageThatNamesClassAndMethod(Class<?> bean, String message) {
        application
                .withPropertyValues("test.wait=30h")
                .withBean(bean)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(ConfigException.class)
                        .hasMessageStartingWith(message.formatted(bean.getName())));
    }

    static class Futures {
        @Locked(name = "order")
        public CompletableFuture<String> run() {
            return CompletableFuture.completedFuture("");
        }
    }

    static class PlainFutures {
        @Locked(name = "order")
        public Future<String> run() {
            return CompletableFuture.completedFuture("");
        }
    }

    static class Monos {
        @Locked(name = "order")
        public Mono<String> run() {
            return Mono.empty();
        }
    }

    static class Fluxes {
        @Locked(name = "order")
        public Flux<String> run() {
            return Flux.empty();
        }
    }

    static class Callables {
        @Locked(name = "order")
        public Callable<String> run() {
            return () -> "";
        }
    }

    static class Streams {
        @Locked(name = "order")
        public Stream<String> run() {
            return Stream.of();
        }
    }

    static class Deferred {
        @Locked(name = "order")
        public DeferredResult<String> run() {
            return new DeferredResult<>();
        }
    }

    static class Emitters {
        @Locked(name = "order")
        public SseEmitter run() {
            return new SseEmitter();
        }
    }

    static Stream<Class<?>> undone() {
        return Stream.of(
                Futures.class,
                PlainFutures.class,
                Monos.class,
                Fluxes.class,
                Callables.class,
                Streams.class,
                Deferred.class,
                Emitters.class);
    }

    @ParameterizedTest
    @MethodSource("undone")
    void whatIsReturnedBeforeTheWorkIsDoneCannotBeLocked(Class<?> bean) {
        application
                .withBean(bean)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(ConfigException.class)
                        .hasMessageStartingWith("@Locked on " + bean.getName() + ".run: it returns ")
                        .hasMessageContaining("given back before the work is done"));
    }

    static class Fine {
        @Locked(name = "order", ttl = "1m30s", waitFor = "0s")
        public void run() {}
    }

    @Test
    void withoutLocksAMethodThatSaysItIsLockedStopsTheStart() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(LumbungLockAutoConfiguration.class))
                .withBean(Fine.class)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageStartingWith("@Locked on " + Fine.class.getName() + ".run: there are no locks")
                        .hasMessageContaining("lumbung.enabled=false"));
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(LumbungLockAutoConfiguration.class))
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void nothingIsAskedOfLocksBeforeTheFirstCall() {
        application.withBean(Fine.class).run(context -> {
            assertThat(context).hasNotFailed();
            assertThatThrownBy(() -> context.getBean(Fine.class).run())
                    .isInstanceOf(AssertionError.class)
                    .hasMessage("asked for lock");
        });
    }

    /** Locks that must not be asked. */
    private static Locks untouched() {
        return (Locks) Proxy.newProxyInstance(
                Locks.class.getClassLoader(), new Class<?>[] {Locks.class}, (locks, method, arguments) -> {
                    if (method.getName().equals("close")) {
                        return null;
                    }
                    throw new AssertionError("asked for " + method.getName());
                });
    }
}
