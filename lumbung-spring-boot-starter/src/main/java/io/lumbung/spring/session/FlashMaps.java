package io.lumbung.spring.session;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.servlet.FlashMap;

/** Spring MVC's attributes for the request after a redirect, as plain values and back. */
final class FlashMaps {
    static final String MARK = "org.springframework.web.servlet.FlashMap";

    boolean covers(Object value) {
        return value instanceof FlashMap;
    }

    Map<String, @Nullable Object> plain(Object value) {
        FlashMap flash = (FlashMap) value;
        Map<String, List<String>> parameters = new LinkedHashMap<>();
        flash.getTargetRequestParams().forEach((name, values) -> parameters.put(name, new ArrayList<>(values)));
        Map<String, @Nullable Object> plain = new LinkedHashMap<>();
        plain.put("path", flash.getTargetRequestPath());
        plain.put("parameters", parameters);
        plain.put("expires", flash.getExpirationTime());
        plain.put("attributes", new LinkedHashMap<String, Object>(flash));
        return plain;
    }

    @SuppressWarnings("unchecked") // as plain() made it
    Object flash(Map<String, @Nullable Object> plain) {
        FlashMap flash = new FlashMap();
        MultiValueMap<String, String> parameters = new LinkedMultiValueMap<>();
        if (plain.get("parameters") instanceof Map<?, ?> given) {
            parameters.putAll((Map<String, List<String>>) given);
        }
        flash.addTargetRequestParams(parameters);
        if (plain.get("path") instanceof String path) {
            flash.setTargetRequestPath(path);
        }
        if (plain.get("expires") instanceof Long expires) {
            flash.setExpirationTime(expires);
        }
        if (plain.get("attributes") instanceof Map<?, ?> attributes) {
            flash.putAll((Map<String, Object>) attributes);
        }
        return flash;
    }
}
