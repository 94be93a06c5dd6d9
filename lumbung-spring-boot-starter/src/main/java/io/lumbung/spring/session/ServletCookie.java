package io.lumbung.spring.session;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.core.env.Environment;
import org.springframework.session.web.http.DefaultCookieSerializer;
import org.springframework.util.StringUtils;

/** What {@code server.servlet.session.cookie.*} says about the cookie of {@code HttpSession}; null where it says nothing. */
record ServletCookie(
        @Nullable String name,
        @Nullable String domain,
        @Nullable String path,
        @Nullable Boolean httpOnly,
        @Nullable Boolean secure,
        @DurationUnit(ChronoUnit.SECONDS) @Nullable Duration maxAge,
        @Nullable String sameSite,
        @Nullable Boolean partitioned) {
    /** Spring Session's remember-me services mark a request so; they are only there with Spring Security. */
    private static final String REMEMBER_ME =
            "org.springframework.session.security.web.authentication.SpringSessionRememberMeServicesREMEMBER_ME_LOGIN_ATTR";

    static ServletCookie of(Environment environment) {
        return Binder.get(environment)
                .bind("server.servlet.session.cookie", Bindable.of(ServletCookie.class))
                .orElseGet(() -> new ServletCookie(null, null, null, null, null, null, null, null));
    }

    /** A token is fit for a cookie as it is. */
    DefaultCookieSerializer serializer() {
        DefaultCookieSerializer serializer = new DefaultCookieSerializer();
        serializer.setUseBase64Encoding(false);
        serializer.setRememberMeRequestAttribute(REMEMBER_ME);
        if (name != null && !name.isBlank()) {
            serializer.setCookieName(name);
        }
        if (domain != null && !domain.isBlank()) {
            serializer.setDomainName(domain);
        }
        if (path != null && !path.isBlank()) {
            serializer.setCookiePath(path);
        }
        if (httpOnly != null) {
            serializer.setUseHttpOnlyCookie(httpOnly);
        }
        if (secure != null) {
            serializer.setUseSecureCookie(secure);
        }
        if (maxAge != null) {
            serializer.setCookieMaxAge(Math.toIntExact(maxAge.toSeconds()));
        }
        if (sameSite != null && !sameSite.isBlank()) {
            serializer.setSameSite(
                    sameSite.equalsIgnoreCase("omitted")
                            ? null
                            : StringUtils.capitalize(sameSite.toLowerCase(Locale.ROOT)));
        }
        if (partitioned != null) {
            serializer.setPartitioned(partitioned);
        }
        return serializer;
    }
}
