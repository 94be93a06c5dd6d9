package io.lumbung.service.account;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.deser.std.StdDeserializer;

/**
 * A password as somebody typed it, in Unicode's form NFKC, so that two keyboards which spell one character differently
 * agree. Nothing is cut off. It never gets into a log or an answer: {@link #toString()} hides it.
 *
 * @param text the secret itself: for the encoder
 */
@JsonDeserialize(using = Password.Reader.class)
record Password(String text) {

    /** The one that was not given. */
    static final Password NONE = new Password("");

    Password {
        text = Normalizer.normalize(text, Normalizer.Form.NFKC);
    }

    boolean isMissing() {
        return text.isEmpty();
    }

    int characters() {
        return text.codePointCount(0, text.length());
    }

    int bytes() {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    @Override
    public String toString() {
        return "****";
    }

    /** Takes a JSON string and, unlike Jackson's own reader, does not quote anything else in its message. */
    static final class Reader extends StdDeserializer<Password> {

        Reader() {
            super(Password.class);
        }

        @Override
        public Password deserialize(JsonParser parser, DeserializationContext context) {
            return parser.hasToken(JsonToken.VALUE_STRING)
                    ? new Password(parser.getString())
                    : (Password) context.handleUnexpectedToken(getValueType(context), parser);
        }
    }
}
