package io.lumbung.service;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;

/**
 * The whole service on a free port and its embedded servers; all classes that bear it share one. Redis may take its time
 * on a busy machine: what is looked at is what is answered, not when. And all tests come from one address.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "lumbung.cache.deadline=2s",
            "lumbung.ratelimit.rules.api.permits=10000",
            "lumbung.ratelimit.rules.auth.permits=10000",
            "lumbung.ratelimit.rules.user.permits=10000",
            "lumbung.session.deadline=2s"
        })
@AutoConfigureRestTestClient
@Import(Trouble.class)
public @interface RunningService {}
