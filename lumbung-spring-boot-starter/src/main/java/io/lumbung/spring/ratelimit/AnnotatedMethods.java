package io.lumbung.spring.ratelimit;

import java.lang.reflect.Method;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** What {@link RateLimited} says on controllers, read once, and checked before the first request. */
final class AnnotatedMethods implements SmartInitializingSingleton {
    private final ObjectProvider<RequestMappingHandlerMapping> mappings;
    private final DeclaredRules rules;
    private final Map<Place, List<AnnotatedUse>> known = new ConcurrentHashMap<>();

    AnnotatedMethods(ObjectProvider<RequestMappingHandlerMapping> mappings, DeclaredRules rules) {
        this.mappings = mappings;
        this.rules = rules;
    }

    private record Place(Class<?> type, Method method) {}

    @Override
    public void afterSingletonsInstantiated() {
        rules.require(mappings.stream()
                .flatMap(mapping -> mapping.getHandlerMethods().values().stream())
                .flatMap(handler -> of(handler).stream())
                .distinct()
                .toList());
    }

    List<AnnotatedUse> of(HandlerMethod handler) {
        return known.computeIfAbsent(new Place(handler.getBeanType(), handler.getMethod()), AnnotatedMethods::read);
    }

    private static List<AnnotatedUse> read(Place place) {
        Map<String, AnnotatedUse> uses = new LinkedHashMap<>();
        // What stands on the method wins over the same rule on its class.
        AnnotatedElementUtils.findMergedRepeatableAnnotations(place.type(), RateLimited.class, RateLimited.All.class)
                .forEach(rule -> uses.put(rule.value(), use(rule, place)));
        AnnotatedElementUtils.findMergedRepeatableAnnotations(place.method(), RateLimited.class, RateLimited.All.class)
                .forEach(rule -> uses.put(rule.value(), use(rule, place)));
        return List.copyOf(uses.values());
    }

    private static AnnotatedUse use(RateLimited rule, Place place) {
        return new AnnotatedUse(
                rule.value(),
                rule.cost(),
                "@RateLimited(\"" + rule.value() + "\") of " + place.type().getSimpleName() + "."
                        + place.method().getName());
    }
}
