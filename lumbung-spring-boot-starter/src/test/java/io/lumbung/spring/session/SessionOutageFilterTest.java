package io.lumbung.spring.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lumbung.error.StoreUnavailableException;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

@ExtendWith(OutputCaptureExtension.class)
class SessionOutageFilterTest {
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
    private final SessionOutageFilter filter = new SessionOutageFilter(now::get);

    private static StoreUnavailableException down(String operation) {
        return new StoreUnavailableException(operation, "app:session:{aa}:x", "down", null);
    }

    private MockHttpServletResponse answer(FilterChain chain) throws Exception {
        MockHttpServletResponse response = new MockHttpServletResponse();
        filter.doFilter(new MockHttpServletRequest(), response, chain);
        return response;
    }

    @Test
    void anOutageIsToldNowAndThenAndNotWithEachRequest(CapturedOutput output) throws Exception {
        FilterChain fails = (request, response) -> {
            throw new ServletException(new IllegalStateException(down("session.find")));
        };
        for (int i = 0; i < 5; i++) {
            assertThat(answer(fails).getStatus()).isEqualTo(503);
        }
        assertThat(output.toString().lines().filter(line -> line.contains("WARN")))
                .hasSize(1)
                .allMatch(line -> line.contains("answered 503, 1 times"));
        now.addAndGet(Duration.ofSeconds(10).toNanos());
        answer(fails);
        answer(fails);
        assertThat(output.toString().lines().filter(line -> line.contains("WARN")))
                .hasSize(2)
                .anyMatch(line -> line.contains("answered 503, 5 times"));
    }

    @Test
    void whatIsNoOutageOfSessionsOrOnItsWayAlreadyPasses() {
        assertThatThrownBy(() -> answer((request, response) -> {
                    throw down("cache.get");
                }))
                .isInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> answer((request, response) -> {
                    response.flushBuffer();
                    throw down("session.find");
                }))
                .isInstanceOf(StoreUnavailableException.class);
    }
}
