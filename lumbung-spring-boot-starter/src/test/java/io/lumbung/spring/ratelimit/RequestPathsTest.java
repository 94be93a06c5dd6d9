package io.lumbung.spring.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

class RequestPathsTest {

    @ParameterizedTest
    @CsvSource({
        // as written, as the container resolves it, plain, under /login
        "/login, /login, true, true",
        "/login/, /login/, true, false",
        "/logins, /logins, true, false",
        "/Login, /Login, true, false",
        "/.well-known/x, /.well-known/x, true, false",
        "/..x, /..x, true, false",
        "/%6cogin, /login, false, true",
        "/login;a=b, /login, false, true",
        "/x/../login, /login, false, true",
        "/x/..;/login, /login, false, true",
        "/./login, /login, false, true",
        "//login, /login, false, true",
        "/x%2flogin, /x/login, false, false",
        "/%zz, /login, false, true",
        "/x\\login, /x/login, false, false"
    })
    void aStrangeSpellingMatchesByWhatItMeans(String written, String resolved, boolean plain, boolean matches) {
        RequestPaths paths = RequestPaths.of(request("", written, resolved));

        assertThat(paths.plain()).isEqualTo(plain);
        assertThat(paths.match(List.of(pattern("/login")))).isEqualTo(matches);
    }

    @Test
    void pathsAreThoseWithinTheApplication() {
        assertThat(RequestPaths.of(request("/shop", "/shop/login", "/login")).match(List.of(pattern("/login"))))
                .isTrue();
        assertThat(RequestPaths.of(request("/shop", "/shop/%6cogin", "/login")).match(List.of(pattern("/login"))))
                .isTrue();
        assertThat(RequestPaths.of(request("/shop", "/shop", "")).match(List.of(pattern("/**"))))
                .isTrue();
    }

    private static MockHttpServletRequest request(String context, String uri, String resolved) {
        MockHttpServletRequest request = new MockHttpServletRequest("GET", uri);
        request.setContextPath(context);
        request.setServletPath(resolved);
        return request;
    }

    private static PathPattern pattern(String text) {
        return PathPatternParser.defaultInstance.parse(text);
    }
}
