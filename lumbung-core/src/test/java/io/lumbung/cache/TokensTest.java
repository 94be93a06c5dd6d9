package io.lumbung.cache;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TokensTest {
    @Test
    void areBase64OfSixtyFourBits() {
        for (long bits : new long[] {0, 1, -1, Long.MIN_VALUE, 0x0123456789ABCDEFL}) {
            byte[] text = new byte[Tokens.LENGTH];
            Tokens.write(bits, text, 0);
            assertThat(new String(text, US_ASCII))
                    .isEqualTo(Base64.getUrlEncoder()
                            .withoutPadding()
                            .encodeToString(ByteBuffer.allocate(8).putLong(bits).array()));
            assertThat(Tokens.isAt(text, 0, bits)).isTrue();
            assertThat(Tokens.isAt(text, 0, bits + 1)).isFalse();
        }
    }

    @Test
    void doNotRepeat() {
        Set<String> seen = new HashSet<>();
        Tokens here = new Tokens();
        Tokens there = new Tokens();
        for (int i = 0; i < 50_000; i++) {
            assertThat(seen.add(here.next())).isTrue();
            assertThat(seen.add(there.next())).isTrue();
        }
        assertThat(seen)
                .allMatch(token ->
                        token.length() == Tokens.LENGTH && token.chars().allMatch(Tokens::isTokenCharacter));
    }
}
