package io.lumbung.spring.session;

import java.util.List;
import java.util.regex.Pattern;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.jackson.SecurityJacksonModules;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.BasicPolymorphicTypeValidator;

/** Spring Security's values, by its own module for Jackson: that names classes inside, and reads those on its list only. */
final class SecurityAttributes {
    static final String MARK = "org.springframework.security.jackson.SecurityJacksonModules";

    private final JsonMapper mapper;

    /** @param also classes that its values may hold beside Spring Security's own: that of the principal, for example */
    SecurityAttributes(ClassLoader loader, List<Pattern> also) {
        BasicPolymorphicTypeValidator.Builder allowed = BasicPolymorphicTypeValidator.builder();
        also.forEach(pattern -> allowed.allowIfSubType(pattern));
        this.mapper = JsonMapper.builder()
                .addModules(SecurityJacksonModules.getModules(loader, allowed))
                .build();
    }

    boolean covers(Object value) {
        return value.getClass().getName().startsWith("org.springframework.security.");
    }

    boolean isFailure(Object value) {
        return value instanceof AuthenticationException;
    }

    /** Why a login failed, for the page that says so. */
    Object failure(String message) {
        return new BadCredentialsException(message);
    }

    String encode(Object value) {
        return mapper.writerFor(Object.class).writeValueAsString(value);
    }

    Object decode(String json) {
        return mapper.readValue(json, Object.class);
    }
}
