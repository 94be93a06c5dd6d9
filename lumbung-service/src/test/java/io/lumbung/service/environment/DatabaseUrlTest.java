package io.lumbung.service.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

class DatabaseUrlTest {

    @Test
    void takesAJdbcUrlAsItIs() {
        DatabaseUrl url = DatabaseUrl.parse("jdbc:postgresql://db:5433/app?user=ana&password=secret");
        assertThat(url.jdbc()).isEqualTo("jdbc:postgresql://db:5433/app?user=ana&password=secret");
        assertThat(url.username()).isEmpty();
        assertThat(url.password()).isEmpty();
    }

    @Test
    void takesCredentialsOutOfAUrlAndDecodesThem() {
        DatabaseUrl url = DatabaseUrl.parse("postgres://an%40a:p%2Fw+%3A:x@db.example:5433/my-app?sslmode=require");
        assertThat(url.jdbc()).isEqualTo("jdbc:postgresql://db.example:5433/my-app?sslmode=require");
        assertThat(url.username()).contains("an@a");
        assertThat(url.password()).contains("p/w+::x");
        assertThat(url.toString()).doesNotContain("p/w");
    }

    @Test
    void needsNeitherPortNorCredentials() {
        assertThat(DatabaseUrl.parse("postgresql://[::1]/app"))
                .isEqualTo(new DatabaseUrl("jdbc:postgresql://[::1]/app", Optional.empty(), Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mysql://ana:secret@db/app",
                "secret",
                "postgres://ana:secret@db",
                "postgres://ana:secret@db/",
                "postgres:///app?password=secret",
                "postgres://ana:sec ret@db/app",
                "postgres://ana:sec%ret@db/app",
                "postgres://ana:secret@d_b:port/app"
            })
    void saysWhatToWriteAndNeverShowsASecret(String text) {
        assertThatThrownBy(() -> DatabaseUrl.parse(text)).isInstanceOfSatisfying(SettingException.class, wrong -> {
            assertThat(wrong.fix()).contains("postgres://USER:PASSWORD@HOST:5432/DATABASE");
            assertThat(wrong).hasMessageContaining("DATABASE_URL").hasMessageNotContaining("sec");
            assertThat(wrong.getCause()).isNull();
        });
    }

    @Test
    void becomesTheDataSourceUnlessOneIsSet() {
        assertThat(urlAfter(Map.of("DATABASE_URL", "postgres://ana:pw@db/app")).getProperty("spring.datasource.url"))
                .isEqualTo("jdbc:postgresql://db/app");
        StandardEnvironment both = urlAfter(
                Map.of("DATABASE_URL", "postgres://ana:pw@db/app", "spring.datasource.url", "jdbc:postgresql://x/y"));
        assertThat(both.getProperty("spring.datasource.url")).isEqualTo("jdbc:postgresql://x/y");
        assertThat(both.getProperty("spring.datasource.username")).isNull();
        assertThat(urlAfter(Map.of("DATABASE_URL", " ")).getProperty("spring.datasource.url"))
                .isNull();
    }

    private static StandardEnvironment urlAfter(Map<String, Object> settings) {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("test", settings));
        new DatabaseUrlPostProcessor().postProcessEnvironment(environment, new SpringApplication());
        return environment;
    }
}
