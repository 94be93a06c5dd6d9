package io.lumbung.spring.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lumbung.config.ConfigException;
import io.lumbung.error.CodecException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.web.authentication.WebAuthenticationDetails;
import org.springframework.security.web.csrf.DefaultCsrfToken;
import org.springframework.security.web.savedrequest.DefaultSavedRequest;
import org.springframework.web.servlet.FlashMap;

class AttributeTypesTest {
    private static final String HERE = AttributeTypesTest.class.getName() + "$";

    private final AttributeTypes types = allowing(HERE + "Cart");

    private static AttributeTypes allowing(String... names) {
        return new AttributeTypes(List.of(names), AttributeTypesTest.class.getClassLoader());
    }

    record Cart(String owner, List<Item> items, BigDecimal total) {}

    record Item(String name, int count) {}

    record Stranger(String name) {}

    enum Colour {
        RED,
        GREEN {
            @Override
            public String toString() {
                return "green";
            }
        }
    }

    static Stream<Object> values() {
        return Stream.of(
                "text with \"quotes\", and [brackets]",
                "",
                true,
                'x',
                (byte) 1,
                (short) 2,
                3,
                4L,
                Long.MAX_VALUE,
                1.5f,
                0.1,
                Double.NaN,
                new BigInteger("123456789012345678901234567890"),
                new BigDecimal("0.100000000000000000000000000000000001"),
                new BigDecimal("100.00"),
                UUID.fromString("0b6b6a2c-5f0c-4a51-9a3c-1d3e6e3b7a11"),
                URI.create("https://example.com/?a=b"),
                Locale.forLanguageTag("id-ID"),
                new Date(1234567890123L),
                Duration.ofMillis(1500),
                Instant.parse("2026-01-02T03:04:05.123456789Z"),
                LocalDate.of(2026, 2, 28),
                OffsetDateTime.parse("2026-01-02T03:04:05+07:00"),
                ZonedDateTime.parse("2026-01-02T03:04:05+07:00[Asia/Jakarta]"),
                DayOfWeek.MONDAY,
                List.of(1, "two", 3L, 4.0, new BigDecimal("5.10")),
                Arrays.asList("a", null),
                Set.of(UUID.fromString("0b6b6a2c-5f0c-4a51-9a3c-1d3e6e3b7a11")),
                new CopyOnWriteArrayList<>(List.of(1)),
                Map.of("list", List.of(Map.of(1, Set.of(2L))), "nothing", List.of()),
                new Cart("ana", List.of(new Item("pen", 2)), new BigDecimal("3.50")),
                List.of(new Cart("ana", List.of(), BigDecimal.ONE)));
    }

    @ParameterizedTest
    @MethodSource("values")
    void aValueComesBackAsItWas(Object value) {
        types.check("it", value);

        assertThat(types.decode(types.encode(value))).isEqualTo(value);
    }

    @Test
    void whatIsStoredIsJsonThatNamesItsType() {
        assertThat(types.encode("a")).isEqualTo("[\"String\",\"a\"]");
        assertThat(types.encode(List.of(1, "b"))).isEqualTo("[\"List\",[[\"Integer\",1],[\"String\",\"b\"]]]");
        assertThat(types.encode(new Cart("ana", List.of(), BigDecimal.TEN)))
                .isEqualTo("[\"" + HERE + "Cart\",{\"owner\":\"ana\",\"items\":[],\"total\":10}]");
    }

    @Test
    void anAllowedPackageAllowsTheClassesInItAndNoOthers() {
        AttributeTypes whole = allowing("io.lumbung.spring.session.*");
        assertThat(whole.decode(whole.encode(new Stranger("ben")))).isEqualTo(new Stranger("ben"));
        assertThat(whole.decode(whole.encode(Colour.GREEN))).isEqualTo(Colour.GREEN);

        AttributeTypes other = allowing("io.lumbung.spring.sess.*");
        assertThatThrownBy(() -> other.encode(new Stranger("ben"))).isInstanceOf(CodecException.class);
    }

    @Test
    void anotherClassIsRefusedAndTheMessageNamesItAndTheFix() {
        assertThatThrownBy(() -> types.check("who", new Stranger("ben")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'who'")
                .hasMessageContaining(HERE + "Stranger")
                .hasMessageContaining("lumbung.session.types");
        assertThatThrownBy(() -> types.check("who", List.of(Map.of("deep", new Stranger("ben")))))
                .hasMessageContaining(HERE + "Stranger");
        assertThatThrownBy(() -> types.check("what", new Object())).hasMessageContaining("java.lang.Object");
    }

    @Test
    void whatBytesNameIsNotLookedForUnlessItIsAllowed() {
        for (String bytes : new String[] {
            "[\"" + HERE + "Stranger\",{\"name\":\"ben\"}]",
            "[\"java.lang.ProcessBuilder\",{}]",
            "[\"none.Such\",{}]",
            "[\"List\",[[\"" + HERE + "Stranger\",{}]]]",
            "[\"spring-security\",{\"@class\":\"" + HERE + "Stranger\",\"name\":\"ben\"}]",
            "[\"spring-security\",{\"@class\":\"java.lang.ProcessBuilder\"}]"
        }) {
            assertThatThrownBy(() -> types.decode(bytes)).as(bytes).isInstanceOf(CodecException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "[]",
                "[\"String\"]",
                "[\"String\",]",
                "[\"Integer\",\"a\"]",
                "[\"String\",null]",
                "[\"List\",7",
                "{\"a\":1}",
                "[\"String\",\"a\"",
                "[\"Map\",[[]]]]",
                "[\"FlashMap\",[\"String\",\"a\"]]"
            })
    void whatIsNoAttributeIsACodecException(String bytes) {
        assertThatThrownBy(() -> types.decode(bytes)).isInstanceOf(CodecException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                "com.*",
                "java.util.*",
                "org.springframework.*",
                "org.springframework.web.*",
                "sun.misc.*",
                "a b",
                "com.example.",
                "com.*.Cart",
                ""
            })
    void whatAllowsTooMuchOrNothingStopsTheStart(String type) {
        assertThatThrownBy(() -> allowing(type))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("lumbung.session.types");
    }

    @Test
    void aSecurityContextComesBackAsItWas() {
        MockHttpServletRequest request = new MockHttpServletRequest();
        request.setRemoteAddr("192.0.2.7");
        UsernamePasswordAuthenticationToken login = UsernamePasswordAuthenticationToken.authenticated(
                User.withUsername("ana").password("x").roles("USER", "ADMIN").build(),
                null,
                AuthorityUtils.createAuthorityList("ROLE_USER", "ROLE_ADMIN"));
        login.setDetails(new WebAuthenticationDetails(request));
        SecurityContextImpl context = new SecurityContextImpl(login);
        types.check("SPRING_SECURITY_CONTEXT", context);

        SecurityContextImpl back = (SecurityContextImpl) types.decode(types.encode(context));

        assertThat(back).isEqualTo(context);
        assertThat(back.getAuthentication().getName()).isEqualTo("ana");
        assertThat(back.getAuthentication().isAuthenticated()).isTrue();
        assertThat(AuthorityUtils.authorityListToSet(back.getAuthentication().getAuthorities()))
                .containsExactlyInAnyOrder("ROLE_USER", "ROLE_ADMIN");
        assertThat(((WebAuthenticationDetails) back.getAuthentication().getDetails()).getRemoteAddress())
                .isEqualTo("192.0.2.7");
    }

    @Test
    void aPrincipalOfAnotherClassIsRefusedWithTheFix() {
        SecurityContextImpl context = new SecurityContextImpl(UsernamePasswordAuthenticationToken.authenticated(
                new Stranger("ben"), null, AuthorityUtils.createAuthorityList("ROLE_USER")));

        assertThatThrownBy(() -> types.check("SPRING_SECURITY_CONTEXT", context))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(HERE + "Stranger")
                .hasMessageContaining("lumbung.session.types");

        AttributeTypes allowed = allowing(HERE + "Stranger");
        allowed.check("SPRING_SECURITY_CONTEXT", context);
        SecurityContextImpl back = (SecurityContextImpl) allowed.decode(allowed.encode(context));
        assertThat(back.getAuthentication().getPrincipal()).isEqualTo(new Stranger("ben"));
    }

    @Test
    void whatElseSpringSecurityKeepsComesBack() {
        DefaultCsrfToken csrf = new DefaultCsrfToken("X-CSRF-TOKEN", "_csrf", "secret");
        types.check("csrf", csrf);
        DefaultCsrfToken csrfBack = (DefaultCsrfToken) types.decode(types.encode(csrf));
        assertThat(csrfBack.getToken()).isEqualTo("secret");

        MockHttpServletRequest request = new MockHttpServletRequest("GET", "/account");
        request.setQueryString("page=2");
        request.addParameter("page", "2");
        request.addHeader("Accept", "text/html");
        DefaultSavedRequest saved = new DefaultSavedRequest(request, "continue");
        types.check("saved", saved);
        DefaultSavedRequest savedBack = (DefaultSavedRequest) types.decode(types.encode(saved));
        assertThat(savedBack.getRedirectUrl()).isEqualTo(saved.getRedirectUrl());
        assertThat(savedBack.getParameterValues("page")).containsExactly("2");
    }

    @Test
    void whyALoginFailedIsKeptAsItsMessage() {
        LockedException locked = new LockedException("the account is locked");
        types.check("SPRING_SECURITY_LAST_EXCEPTION", locked);

        assertThat(types.decode(types.encode(locked)))
                .isInstanceOf(BadCredentialsException.class)
                .hasFieldOrPropertyWithValue("message", "the account is locked");
    }

    @Test
    void flashAttributesComeBack() {
        FlashMap flash = new FlashMap();
        flash.put("message", "saved");
        flash.put("cart", new Cart("ana", List.of(), BigDecimal.ONE));
        flash.setTargetRequestPath("/done");
        flash.addTargetRequestParam("id", "7");
        flash.startExpirationPeriod(180);
        List<FlashMap> all = new CopyOnWriteArrayList<>(List.of(flash, new FlashMap()));
        types.check("flash", all);

        Object back = types.decode(types.encode(all));

        assertThat(back).isEqualTo(all);
        FlashMap first = (FlashMap) ((List<?>) back).get(0);
        assertThat(first.getTargetRequestParams()).isEqualTo(flash.getTargetRequestParams());
        assertThat(first.getExpirationTime()).isEqualTo(flash.getExpirationTime());
    }

    @Test
    void orderIsKept() {
        Map<String, Integer> map = new LinkedHashMap<>();
        for (int i = 9; i > 0; i--) {
            map.put("k" + i, i);
        }
        Map<?, ?> back = (Map<?, ?>) types.decode(types.encode(map));
        assertThat(back.keySet().toArray()).isEqualTo(map.keySet().toArray());
    }
}
