package io.lumbung.service.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.lumbung.service.environment.SettingException;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.junit.jupiter.api.Test;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class DatabaseConfigurationTest {

    private final ApplicationContextRunner service = new ApplicationContextRunner()
            .withUserConfiguration(DatabaseConfiguration.Embedded.class, DatabaseConfiguration.Missing.class);

    @Test
    void aConfiguredDatabaseIsTheOnlyOne() {
        service.withPropertyValues("spring.datasource.url=jdbc:postgresql://db/app")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(JdbcConnectionDetails.class));
    }

    @Test
    void withoutAUrlAndWithoutAnEmbeddedServerTheStartStopsWithTheVariables() {
        service.withClassLoader(new FilteredClassLoader(EmbeddedPostgres.class))
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOfSatisfying(
                                SettingException.class,
                                missing -> assertThat(missing.fix())
                                        .contains("DATABASE_URL")
                                        .contains("REDIS_URL")));
    }
}
