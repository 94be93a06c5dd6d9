package io.lumbung.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.protocol.RedisStateMachine;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ReplyOutputTest {

    @Test
    void takesEveryShapeOfReply() {
        assertThat(reply("$5\r\nhello\r\n").text()).isEqualTo("hello");
        assertThat(reply("+OK\r\n").text()).isEqualTo("OK");
        assertThat(reply(":42\r\n").number()).isEqualTo(42);
        assertThat(reply("#t\r\n").number()).isEqualTo(1);
        assertThat(reply("$-1\r\n").isNull()).isTrue();
        assertThat(reply("_\r\n").bytesOrNull()).isNull();
        assertThat(reply("*0\r\n").list()).isEmpty();
    }

    @Test
    void nestsListsAndMaps() {
        Reply reply = reply("*3\r\n*2\r\n$1\r\na\r\n*0\r\n%1\r\n$1\r\nk\r\n*1\r\n:7\r\n_\r\n");
        assertThat(reply.list()).hasSize(3);
        assertThat(reply.list().get(0).list().get(0).text()).isEqualTo("a");
        assertThat(reply.list().get(0).list().get(1).list()).isEmpty();
        assertThat(reply.list().get(1).list().get(1).list().get(0).number()).isEqualTo(7);
        assertThat(reply.list().get(2).isNull()).isTrue();
    }

    @Test
    void saysWhatItGotInsteadOfWhatWasExpected() {
        assertThatThrownBy(() -> reply(":1\r\n").text())
                .hasMessageContaining("Long")
                .hasMessageContaining("bytes");
        assertThatThrownBy(() -> reply("_\r\n").number()).hasMessageContaining("nothing");
    }

    private static Reply reply(String wire) {
        ReplyOutput output = new ReplyOutput();
        assertThat(new RedisStateMachine().decode(Unpooled.copiedBuffer(wire.getBytes(StandardCharsets.UTF_8)), output))
                .isTrue();
        return new Reply(output.get());
    }
}
