package io.lumbung.service.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.lumbung.config.LumbungConfig;
import io.lumbung.config.Setting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the pages name exists. */
class ServicePagesTest {

    private static final Pattern PROPERTY = Pattern.compile("(?<![\\w./-])(lumbung\\.[a-z][a-z.-]*[a-z])(?![\\w/])");
    private static final Pattern VARIABLE = Pattern.compile("\\b((?:REDIS|LUMBUNG)_[A-Z_]+[A-Z])\\b");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(?:#[^)]*)?\\)");
    private static final Set<String> OF_OTHER_ROOMS = Set.of(
            "LUMBUNG_REDIS_SERVER",
            "lumbung.embedded.redis.executable",
            "lumbung.service.digest.every",
            "lumbung.service.max-body-size");

    @ParameterizedTest
    @ValueSource(strings = {Pages.TROUBLESHOOTING, Pages.RUN_THE_SERVICE})
    void everySettingAndMeterExists(String page) {
        String text = Pages.read(page);
        Set<String> known = LumbungConfig.settings().stream()
                .flatMap(setting -> Stream.of(
                                Stream.of(setting.property()),
                                setting.variable().stream(),
                                setting.olderVariable().stream())
                        .flatMap(names -> names))
                .collect(Collectors.toSet());
        String meters = Pages.read("docs/reference/metrics.md");
        Predicate<String> exists =
                name -> known.contains(name) || OF_OTHER_ROOMS.contains(name) || meters.contains("`" + name + "`");

        List<String> named = Stream.concat(Pages.find(PROPERTY, text).stream(), Pages.find(VARIABLE, text).stream())
                .filter(name -> !name.endsWith(".jar"))
                .toList();
        assertThat(named).isNotEmpty();
        assertThat(named).allMatch(exists);
    }

    @Test
    void aSettingNobodyHasWouldBeFound() {
        String text = "set `lumbung.redis.hots` or REDIS_HOTS, not `io.lumbung.redis` nor docs/lumbung.md";
        assertThat(Pages.find(PROPERTY, text)).containsExactly("lumbung.redis.hots");
        assertThat(Pages.find(VARIABLE, text)).containsExactly("REDIS_HOTS");
        assertThat(LumbungConfig.settings()).extracting(Setting::property).doesNotContain("lumbung.redis.hots");
    }

    @ParameterizedTest
    @ValueSource(strings = {Pages.TROUBLESHOOTING, Pages.RUN_THE_SERVICE})
    void everyLinkLeadsToAFile(String page) {
        Path folder = Path.of("..").resolve(page).getParent();
        assertThat(Pages.find(LINK, Pages.read(page)))
                .isNotEmpty()
                .allMatch(link -> Files.exists(folder.resolve(link)));
    }
}
