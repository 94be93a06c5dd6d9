package io.lumbung.spring.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.lumbung.config.ConfigException;
import io.lumbung.spring.Seed;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;

class ClientIpTest {
    private static final String XFF = "X-Forwarded-For";
    private static final List<String> PROXIES = List.of("10.0.0.0/8", "192.0.2.1", "fd00::/8");

    /** The other end, what stands in X-Forwarded-For (one line each), and whom that makes the client. */
    static Stream<Arguments> hostile() {
        return Stream.of(
                // Whoever is no proxy may write what he likes.
                arguments("203.0.113.7", List.of("1.1.1.1"), "203.0.113.7"),
                arguments("203.0.113.7", List.of("10.0.0.1"), "203.0.113.7"),
                // One proxy, two, and what the client had written before them.
                arguments("10.0.0.1", List.of("203.0.113.7"), "203.0.113.7"),
                arguments("10.0.0.1", List.of("203.0.113.7, 10.0.0.2"), "203.0.113.7"),
                arguments("10.0.0.1", List.of("1.1.1.1, 203.0.113.7"), "203.0.113.7"),
                arguments("10.0.0.1", List.of("1.1.1.1,203.0.113.7,10.0.0.2"), "203.0.113.7"),
                arguments("10.0.0.1", List.of("10.0.0.9, 203.0.113.7"), "203.0.113.7"),
                arguments("10.0.0.1", List.of("127.0.0.1, 203.0.113.7"), "203.0.113.7"),
                arguments("10.0.0.1", List.of("garbage, 203.0.113.7"), "203.0.113.7"),
                arguments("10.0.0.1", List.of("\", 203.0.113.7"), "203.0.113.7"),
                // Several lines are one list.
                arguments("10.0.0.1", List.of("1.1.1.1", "203.0.113.7"), "203.0.113.7"),
                arguments("10.0.0.1", List.of("203.0.113.7", "10.0.0.2"), "203.0.113.7"),
                // Only proxies: the farthest of them asked.
                arguments("10.0.0.1", List.of("10.0.0.3, 10.0.0.2"), "10.0.0.3"),
                // No header, an empty one.
                arguments("10.0.0.1", List.of(), "10.0.0.1"),
                arguments("10.0.0.1", List.of(""), "10.0.0.1"),
                // What a proxy wrote and is no address is not guessed at.
                arguments("10.0.0.1", List.of("203.0.113.7, unknown"), "10.0.0.1"),
                arguments("10.0.0.1", List.of("203.0.113.7, _hidden"), "10.0.0.1"),
                arguments("10.0.0.1", List.of("203.0.113.7,"), "10.0.0.1"),
                arguments("10.0.0.1", List.of("203.0.113.7,,10.0.0.2"), "10.0.0.1"),
                arguments("10.0.0.1", List.of("010.0.0.1"), "10.0.0.1"),
                arguments("10.0.0.1", List.of("0x7f.0.0.1"), "10.0.0.1"),
                arguments("10.0.0.1", List.of("fe80::1%eth0"), "10.0.0.1"),
                arguments("10.0.0.1", List.of("example.org"), "10.0.0.1"),
                arguments("10.0.0.1", List.of("203.0.113.7:x"), "10.0.0.1"),
                arguments("10.0.0.1", List.of("203.0.113.7:"), "10.0.0.1"),
                arguments("10.0.0.1", List.of("[203.0.113.7]"), "10.0.0.1"),
                arguments("10.0.0.1", List.of("[2001:db8::1"), "10.0.0.1"),
                arguments("10.0.0.1", List.of("[2001:db8::1]80"), "10.0.0.1"),
                arguments("10.0.0.1", List.of("\"203.0.113.7\""), "10.0.0.1"),
                arguments("10.0.0.1", List.of("9".repeat(10_000)), "10.0.0.1"),
                // Ports and brackets.
                arguments("10.0.0.1", List.of("203.0.113.7:4711"), "203.0.113.7"),
                arguments("10.0.0.1", List.of("[2001:db8:1:2::9]:4711"), "2001:db8:1:2::"),
                arguments("10.0.0.1", List.of("[2001:db8:1:2::9]"), "2001:db8:1:2::"),
                arguments("10.0.0.1", List.of("\t 203.0.113.7 \t"), "203.0.113.7"),
                // All of one network are one client, and two networks are two.
                arguments("10.0.0.1", List.of("2001:db8:1:2:a:b:c:d"), "2001:db8:1:2::"),
                arguments("2001:db8:1:2:1:1:1:1", List.of(), "2001:db8:1:2::"),
                arguments("2001:db8:1:3:1:1:1:1", List.of(), "2001:db8:1:3::"),
                // IPv4 in IPv6: neither one bucket for all of them, nor a second one for each.
                arguments("::ffff:203.0.113.7", List.of(), "203.0.113.7"),
                arguments("::ffff:203.0.113.8", List.of(), "203.0.113.8"),
                arguments("0:0:0:0:0:ffff:cb00:7107", List.of(), "203.0.113.7"),
                arguments("64:ff9b::cb00:7107", List.of(), "203.0.113.7"),
                arguments("10.0.0.1", List.of("::ffff:203.0.113.7"), "203.0.113.7"),
                arguments("10.0.0.1", List.of("[::ffff:203.0.113.7]:1"), "203.0.113.7"),
                arguments("10.0.0.1", List.of("203.0.113.7, ::ffff:10.0.0.2"), "203.0.113.7"),
                arguments("::ffff:10.0.0.1", List.of("203.0.113.7"), "203.0.113.7"),
                arguments("fd00::1", List.of("203.0.113.7, fd00::2"), "203.0.113.7"),
                // The container says on which interface it heard somebody.
                arguments("fe80:0:0:0:0:0:0:1%eth0", List.of("1.1.1.1"), "fe80::"),
                arguments("0:0:0:0:0:0:0:1", List.of("1.1.1.1"), "::1"));
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void theClientIsWhomTheNearestProxyNames(String peer, List<String> lines, String client) {
        assertThat(behindProxies(XFF).of(request(peer, XFF, lines))).hasValue(client);
    }

    @Test
    void theseVectorsCatchWhoeverTrustsTheFirstHopOrEverybody() {
        ClientIp first = request -> Optional.ofNullable(request.getHeader(XFF))
                .map(hops -> hops.split(",")[0].strip())
                .or(() -> Optional.of(request.getRemoteAddr()));
        ClientIp everybody = clientIp(XFF, "0.0.0.0/0", "::/0");
        ClientIp nobody = clientIp(XFF);

        assertThat(misjudged(first)).isGreaterThan(20);
        assertThat(misjudged(everybody)).isGreaterThan(5);
        assertThat(misjudged(nobody)).isGreaterThan(20);
        assertThat(misjudged(behindProxies(XFF))).isZero();
    }

    private static long misjudged(ClientIp clientIp) {
        return hostile()
                .filter(vector -> {
                    Object[] row = vector.get();
                    @SuppressWarnings("unchecked")
                    List<String> lines = (List<String>) row[1];
                    return !clientIp.of(request((String) row[0], XFF, lines)).equals(Optional.of(row[2]));
                })
                .count();
    }

    @Test
    void withoutTrustedProxiesNoHeaderIsRead() {
        assertThat(clientIp(XFF).of(request("10.0.0.1", XFF, List.of("203.0.113.7"))))
                .hasValue("10.0.0.1");
    }

    /** As above, in the header of RFC 7239. */
    static Stream<Arguments> forwarded() {
        return Stream.of(
                arguments(List.of("for=203.0.113.7"), "203.0.113.7"),
                arguments(List.of("For=203.0.113.7;proto=https;by=10.0.0.1"), "203.0.113.7"),
                arguments(List.of("proto=https; FOR=\"203.0.113.7:4711\""), "203.0.113.7"),
                arguments(List.of("for=\"[2001:db8:1:2::17]:4711\""), "2001:db8:1:2::"),
                arguments(List.of("for=1.1.1.1, for=203.0.113.7"), "203.0.113.7"),
                arguments(List.of("for=1.1.1.1", "for=203.0.113.7, for=10.0.0.2"), "203.0.113.7"),
                // A quote that the client left open swallows nothing.
                arguments(List.of("for=\"1.1.1.1", "for=203.0.113.7"), "203.0.113.7"),
                arguments(List.of("for=\"1.1.1.1, for=203.0.113.7"), "203.0.113.7"),
                arguments(List.of("for=\"", "for=\"203.0.113.7\""), "203.0.113.7"),
                arguments(List.of("for=\"a\\\"", "for=\"203.0.113.7\""), "203.0.113.7"),
                arguments(List.of("for=unknown"), "10.0.0.1"),
                arguments(List.of("for=_secret"), "10.0.0.1"),
                arguments(List.of("for="), "10.0.0.1"),
                arguments(List.of("proto=https"), "10.0.0.1"),
                arguments(List.of("203.0.113.7"), "10.0.0.1"),
                arguments(List.of("for=1.1.1.1;for=203.0.113.7"), "10.0.0.1"),
                arguments(List.of("for=2001:db8::1"), "10.0.0.1"),
                arguments(List.of("for=203.0.113.7:80"), "10.0.0.1"),
                arguments(List.of("for=\"203.0.113.7"), "10.0.0.1"),
                arguments(List.of("for=\"203\\.0.113.7\""), "10.0.0.1"));
    }

    @ParameterizedTest
    @MethodSource("forwarded")
    void theStandardHeaderIsReadIfItIsTheChosenOne(List<String> lines, String client) {
        assertThat(behindProxies("Forwarded").of(request("10.0.0.1", "Forwarded", lines)))
                .hasValue(client);
        assertThat(behindProxies(XFF).of(request("10.0.0.1", "Forwarded", lines)))
                .as("another header than the chosen one")
                .hasValue("10.0.0.1");
    }

    @Test
    void aConnectionWithoutAnAddressHasNone() {
        assertThat(behindProxies(XFF).of(request("", XFF, List.of("203.0.113.7"))))
                .isEmpty();
        assertThat(behindProxies(XFF).of(request("unix:", XFF, List.of()))).isEmpty();
    }

    @Test
    void tenThousandHopsAreNotWalkedThrough() {
        String many = "10.0.0.2,".repeat(10_000) + "10.0.0.3";
        assertThat(behindProxies(XFF).of(request("10.0.0.1", XFF, List.of("203.0.113.7," + many))))
                .hasValue("10.0.0.1");
        assertThat(behindProxies(XFF).of(request("10.0.0.1", XFF, List.of(many + ",203.0.113.7"))))
                .hasValue("203.0.113.7");
        String quoted = "for=\"10.0.0.2\",".repeat(10_000) + "for=203.0.113.7";
        assertThat(behindProxies("Forwarded").of(request("10.0.0.1", "Forwarded", List.of(quoted))))
                .hasValue("203.0.113.7");
    }

    @Test
    void whateverStandsInTheHeaderAnswersAnAddressAndNeverThrows() {
        Random random = Seed.random("ClientIpTest.whateverStandsInTheHeader");
        String alphabet = "0123456789abcdefABCDEF.:,;=[]%\"\\ \tfor/_-\u0000\u00e9\ud83d";
        for (int i = 0; i < 50_000; i++) {
            List<String> lines = new ArrayList<>();
            for (int line = random.nextInt(3); line >= 0; line--) {
                lines.add(garbage(random, alphabet));
            }
            String name = random.nextBoolean() ? XFF : "Forwarded";
            Optional<String> client = behindProxies(name).of(request("10.0.0.1", name, lines));
            assertThat(client).isPresent();
            assertThat(IpAddress.parse(client.get())).as(lines.toString()).isPresent();
            behindProxies(name).of(request(garbage(random, alphabet), name, lines));
        }
    }

    private static String garbage(Random random, String alphabet) {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(60); n > 0; n--) {
            text.append(
                    random.nextInt(8) > 0
                            ? alphabet.charAt(random.nextInt(alphabet.length()))
                            : (char) random.nextInt(0x10000));
        }
        return text.toString();
    }

    @Test
    void namesAreNeverLookedUp() throws IOException {
        for (Class<?> type : List.of(ForwardedClientIp.class, ClientIpHeader.class, IpAddress.class, IpNetwork.class)) {
            assertThat(mentionsTheNetwork(type)).as(type.getName()).isFalse();
        }
        assertThat(mentionsTheNetwork(ClientIpTest.class)).as("would be seen").isTrue();
        assertThat(InetAddress.getLoopbackAddress()).isNotNull();
    }

    private static boolean mentionsTheNetwork(Class<?> type) throws IOException {
        try (InputStream file = type.getResourceAsStream(type.getName().replaceAll(".*\\.", "") + ".class")) {
            return new String(file.readAllBytes(), StandardCharsets.ISO_8859_1).contains("java/net/");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"proxy.example.org", "10.0.0.1/8", "10.0.0.0/40", "*"})
    void aProxyThatIsNoNetworkStopsTheStart(String text) {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> clientIp(XFF, text))
                .withMessageStartingWith("lumbung.http.trusted-proxies is '" + text + "': it is neither");
    }

    @Test
    void otherWrongSettingsStopTheStartToo() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> new HttpProperties(List.of(), XFF, 32))
                .withMessageStartingWith("lumbung.http.ipv6-prefix is '32': it must be from 48 to 128");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> new HttpProperties(List.of(), "a b", 64))
                .withMessageStartingWith("lumbung.http.client-ip-header is 'a b': it is not the name of a header");
    }

    @Test
    void theNetworkOfOneClientMayBeLarger() {
        ClientIp wide = new HttpProperties(List.of(), XFF, 56).clientIp();
        assertThat(wide.of(request("2001:db8:1:2ff::1", XFF, List.of()))).hasValue("2001:db8:1:200::");
    }

    private static ClientIp behindProxies(String header) {
        return new HttpProperties(PROXIES, header, 64).clientIp();
    }

    private static ClientIp clientIp(String header, String... proxies) {
        return new HttpProperties(List.of(proxies), header, 64).clientIp();
    }

    private static MockHttpServletRequest request(String peer, String header, List<String> lines) {
        MockHttpServletRequest request = new MockHttpServletRequest();
        request.setRemoteAddr(peer);
        lines.forEach(line -> request.addHeader(header, line));
        return request;
    }
}
