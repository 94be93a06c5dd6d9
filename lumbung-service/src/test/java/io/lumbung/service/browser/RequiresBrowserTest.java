package io.lumbung.service.browser;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RequiresBrowserTest {

    @Test
    void withoutABrowserTestsAreSkippedWithAReasonButNeverOnABuildMachine() {
        assertThat(RequiresBrowser.Condition.decide(false, false)).satisfies(skipped -> {
            assertThat(skipped.isDisabled()).isTrue();
            assertThat(skipped.getReason())
                    .hasValueSatisfying(reason -> assertThat(reason).contains("LUMBUNG_CHROMIUM"));
        });
        assertThat(RequiresBrowser.Condition.decide(false, true).isDisabled()).isFalse();
        assertThat(RequiresBrowser.Condition.decide(true, false).isDisabled()).isFalse();
    }
}
