package io.lumbung.spring.ratelimit;

import io.lumbung.config.ConfigException;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the client of a request is told.
 *
 * @param trustedProxies Proxies whose word about the client counts: addresses and networks such as 10.0.0.0/8. Without
 *     any, headers are ignored.
 * @param clientIpHeader The one header that the trusted proxies write: X-Forwarded-For, Forwarded, or another one with a
 *     list of addresses. What of it a client sends must be kept to the left or dropped by them.
 * @param ipv6Prefix How many bits of an IPv6 address make one client, 48 to 128.
 */
@ConfigurationProperties(HttpProperties.PREFIX)
record HttpProperties(
        @DefaultValue List<String> trustedProxies,
        @DefaultValue("X-Forwarded-For") String clientIpHeader,
        @DefaultValue("64") int ipv6Prefix) {
    static final String PREFIX = "lumbung.http";

    HttpProperties {
        if (ipv6Prefix < 48 || ipv6Prefix > 128) {
            throw ConfigException.of(
                    PREFIX + ".ipv6-prefix",
                    String.valueOf(ipv6Prefix),
                    "it must be from 48 to 128",
                    "Set it to 64, or to 56 or 48 if single clients have that many networks");
        }
        if (!clientIpHeader.matches("[A-Za-z0-9-]{1,64}")) {
            throw ConfigException.of(
                    PREFIX + ".client-ip-header",
                    clientIpHeader,
                    "it is not the name of a header",
                    "Set it to the header your proxies write, for example X-Forwarded-For");
        }
    }

    ClientIp clientIp() {
        return new ForwardedClientIp(
                trustedProxies.stream()
                        .map(String::strip)
                        .filter(text -> !text.isEmpty())
                        .map(HttpProperties::network)
                        .toList(),
                clientIpHeader,
                ipv6Prefix);
    }

    private static IpNetwork network(String text) {
        return IpNetwork.parse(text)
                .orElseThrow(() -> ConfigException.of(
                        PREFIX + ".trusted-proxies",
                        text,
                        "it is neither an address nor a network that begins where it says",
                        "List addresses such as 10.0.0.2 and networks such as 10.0.0.0/8 or fd00::/8; names are not"
                                + " looked up"));
    }
}
