package io.lumbung.spring.lock;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.MethodIntrospector.MetadataLookup;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.util.ClassUtils;

/**
 * What an annotation says of the methods of each class: all are read, and checked, when the first bean of the class is made.
 *
 * @param <P> what is made of the annotation
 */
final class AnnotatedMethods<A extends Annotation, P> {
    private final Class<A> annotation;
    private final Reader<A, P> reader;
    private final Map<Class<?>, Map<Method, P>> known = new ConcurrentHashMap<>();

    AnnotatedMethods(Class<A> annotation, Reader<A, P> reader) {
        this.annotation = annotation;
        this.reader = reader;
    }

    /** Makes of the annotation what is needed at each call. */
    @FunctionalInterface
    interface Reader<A extends Annotation, P> {
        /**
         * What it says.
         *
         * @throws io.lumbung.config.ConfigException if it cannot be obeyed
         */
        P read(A annotation, Place place);
    }

    Optional<P> of(Method method, Class<?> type) {
        Class<?> written = ClassUtils.getUserClass(type);
        Map<Method, P> methods = known.computeIfAbsent(written, this::read);
        if (methods.isEmpty()) {
            return Optional.empty();
        }
        // Proxies without a class behind them have their methods by the interface.
        P found = methods.get(AopUtils.getMostSpecificMethod(method, written));
        return Optional.ofNullable(found == null ? methods.get(method) : found);
    }

    private Map<Method, P> read(Class<?> type) {
        if (!AnnotationUtils.isCandidateClass(type, annotation)) {
            return Map.of();
        }
        Map<Method, A> found = MethodIntrospector.selectMethods(
                type, (MetadataLookup<A>) method -> AnnotatedElementUtils.findMergedAnnotation(method, annotation));
        return found.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(
                        Map.Entry::getKey,
                        entry -> reader.read(
                                entry.getValue(), new Place("@" + annotation.getSimpleName(), entry.getKey(), type))));
    }
}
