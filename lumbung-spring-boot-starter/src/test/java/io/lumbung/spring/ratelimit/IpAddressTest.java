package io.lumbung.spring.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.lumbung.spring.Seed;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpAddressTest {

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, 0.0.0.0",
        "192.0.2.7, 192.0.2.7",
        "255.255.255.255, 255.255.255.255",
        "::, ::",
        "::1, ::1",
        "1::, 1::",
        "2001:DB8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0db8:0000:0000:0000:0000:0000:0001, 2001:db8::1",
        "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
        "::2:3:4:5:6:7:8, 0:2:3:4:5:6:7:8",
        "::ffff:192.0.2.7, ::ffff:c000:207",
        "1:2:3:4:5:6:192.0.2.7, 1:2:3:4:5:6:c000:207",
        "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255, ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
    })
    void isReadAndWrittenCanonically(String text, String canonical) {
        assertThat(IpAddress.parse(text)).get().hasToString(canonical);
        assertThat(IpAddress.parse(canonical)).isEqualTo(IpAddress.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "unknown",
                "localhost",
                "example.org",
                "1",
                "16909060",
                "0x7f000001",
                "1.2",
                "1.2.3",
                "1.2.3.",
                "1.2.3.4.",
                ".1.2.3.4",
                "1.2.3.4.5",
                "1..3.4",
                "256.1.1.1",
                "1.2.3.1000",
                "010.0.0.1",
                "1.2.3.04",
                "00.0.0.0",
                "0x1.2.3.4",
                "1.2.3.a",
                "+1.2.3.4",
                "-1.2.3.4",
                " 1.2.3.4",
                "1.2.3.4 ",
                "1.2.3.4\u0000",
                "1.2.3.4\n",
                "1.2.3.4/32",
                "1.2.3.4:80",
                "١.٢.٣.٤",
                "１.2.3.4",
                ":",
                ":::",
                "1:2",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1::2::3",
                "1:2:3:4::5:6:7:8",
                "::1:2:3:4:5:6:7:8",
                "12345::",
                "::g",
                "::1%eth0",
                "fe80::1%25eth0",
                "[::1]",
                "::ffff:010.2.3.4",
                "::ffff:1.2.3",
                "::1.2.3.4:5",
                "1.2.3.4::",
                "1:2:3:4:5:6:7:1.2.3.4",
                "1:2:3:4:5:6:7:8:",
                ":1:2:3:4:5:6:7",
                "::-1",
                "::+1",
                "*",
                "0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0"
            })
    void whatIsNoAddressIsNotGuessedAt(String text) {
        assertThat(IpAddress.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "::ffff:192.0.2.7, 192.0.2.7",
        "::ffff:c000:207, 192.0.2.7",
        "64:ff9b::192.0.2.7, 192.0.2.7",
        "64:ff9b:1::192.0.2.7, 64:ff9b:1::c000:207",
        "::192.0.2.7, ::c000:207",
        "1::ffff:192.0.2.7, 1::ffff:c000:207",
        "192.0.2.7, 192.0.2.7"
    })
    void onlyWhatStandsForAnIpv4AddressIsUnmapped(String text, String unmapped) {
        assertThat(IpAddress.parse(text).orElseThrow().unmapped()).hasToString(unmapped);
    }

    @ParameterizedTest
    @CsvSource({
        "2001:db8:1:2:3:4:5:6, 64, 2001:db8:1:2::",
        "2001:db8:1:2:3:4:5:6, 48, 2001:db8:1::",
        "2001:db8:1:2ff:3:4:5:6, 56, 2001:db8:1:200::",
        "2001:db8:1:2:3:4:5:6, 128, 2001:db8:1:2:3:4:5:6",
        "2001:db8:1:2:3:4:5:7, 127, 2001:db8:1:2:3:4:5:6",
        "192.0.2.7, 64, 192.0.2.7",
        "::1, 64, ::1",
        "::c000:207, 64, ::c000:207"
    })
    void ofIpv6OnlyTheNetworkIsKept(String text, int prefix, String network) {
        assertThat(IpAddress.parse(text).orElseThrow().network(prefix)).hasToString(network);
    }

    @Test
    void everyAddressIsReadBackFromEverySpelling() throws Exception {
        Random random = Seed.random("IpAddressTest.everyAddressIsReadBackFromEverySpelling");
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
            random.nextBytes(bytes);
            for (int zero = random.nextInt(bytes.length + 1); zero > 0; zero--) {
                bytes[random.nextInt(bytes.length)] = 0;
            }
            InetAddress known =
                    bytes.length == 4 ? InetAddress.getByAddress(bytes) : Inet6Address.getByAddress(null, bytes, -1);
            IpAddress read = IpAddress.parse(known.getHostAddress()).orElseThrow();

            assertThat(read.isSix()).isEqualTo(!(known instanceof Inet4Address));
            assertThat(IpAddress.parse(read.toString())).as(read.toString()).hasValue(read);
            assertThat(IpAddress.parse(read.toString().toUpperCase(java.util.Locale.ROOT)))
                    .hasValue(read);
            assertThat(read.toString())
                    .hasSizeLessThanOrEqualTo(known.getHostAddress().length());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.0.1, true",
        "10.0.0.0/8, 11.0.0.1, false",
        "10.0.0.2, 10.0.0.2, true",
        "10.0.0.2, 10.0.0.3, false",
        "0.0.0.0/0, 1.2.3.4, true",
        "0.0.0.0/0, ::1, false",
        "fd00::/8, fdff::1, true",
        "fd00::/8, fe00::1, false",
        "::/0, 10.0.0.1, false",
        "::ffff:10.0.0.0/104, 10.1.2.3, true",
        "172.16.0.0/12, 172.31.255.255, true",
        "172.16.0.0/12, 172.32.0.0, false"
    })
    void aNetworkHoldsItsAddressesAndNoOthers(String network, String address, boolean inside) {
        assertThat(IpNetwork.parse(network)
                        .orElseThrow()
                        .contains(IpAddress.parse(address).orElseThrow()))
                .isEqualTo(inside);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/8",
                "10.0.0.0/",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/08",
                "10.0.0.1/8",
                "proxy",
                "::/129",
                "10.0.0.0/8/8",
                "10.0.0.0/255.0.0.0"
            })
    void whatIsNoNetworkIsRefused(String text) {
        assertThat(IpNetwork.parse(text)).isEmpty();
    }
}
