package io.lumbung.service.environment;

import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.util.StringUtils;

/**
 * Makes {@code DATABASE_URL} the data source, unless {@code spring.datasource.url} is set.
 *
 * <p>It runs last, when {@code .env} and the configuration files are known. A user name or password set as
 * {@code spring.datasource.*} wins over the one in the URL.
 */
final class DatabaseUrlPostProcessor implements EnvironmentPostProcessor, Ordered {

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        String url = environment.getProperty("DATABASE_URL");
        if (!StringUtils.hasText(url) || StringUtils.hasText(environment.getProperty("spring.datasource.url"))) {
            return;
        }
        DatabaseUrl database = DatabaseUrl.parse(url.strip());
        Map<String, Object> properties = new HashMap<>();
        properties.put("spring.datasource.url", database.jdbc());
        database.username().ifPresent(name -> properties.put("spring.datasource.username", name));
        database.password().ifPresent(password -> properties.put("spring.datasource.password", password));
        environment.getPropertySources().addLast(new MapPropertySource("DATABASE_URL", properties));
    }

    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }
}
