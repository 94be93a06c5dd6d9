package io.lumbung.spring.lock;

import io.lumbung.config.ConfigException;
import io.lumbung.key.Key;
import java.lang.reflect.Method;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.context.expression.BeanFactoryResolver;
import org.springframework.context.expression.MethodBasedEvaluationContext;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.ParameterNameDiscoverer;
import org.springframework.expression.EvaluationException;
import org.springframework.expression.ParseException;
import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.ast.VariableReference;
import org.springframework.expression.spel.standard.SpelExpression;
import org.springframework.expression.spel.standard.SpelExpressionParser;

/** An expression over the arguments of one method, parsed once. */
final class KeyExpression {
    private static final SpelExpressionParser PARSER = new SpelExpressionParser();
    private static final ParameterNameDiscoverer NAMES = new DefaultParameterNameDiscoverer();

    private final Method method;
    private final SpelExpression expression;
    private final BeanFactoryResolver beans;
    private final String what;

    private KeyExpression(Place place, SpelExpression expression, BeanFactory beans) {
        this.method = place.method();
        this.expression = expression;
        this.beans = new BeanFactoryResolver(beans);
        this.what = place.setting("key '" + expression.getExpressionString() + "'");
    }

    /** What an expression can name without a {@code #}. */
    record Call(Method method, Object target, @Nullable Object[] args) {}

    /** Empty if there is none. */
    static Optional<KeyExpression> of(Place place, String text, BeanFactory beans) {
        if (text.isBlank()) {
            return Optional.empty();
        }
        SpelExpression expression;
        try {
            expression = PARSER.parseRaw(text);
        } catch (ParseException e) {
            throw ConfigException.of(place.setting("key"), text, e.getSimpleMessage(), "Correct the expression");
        }
        Set<String> known = variables(place.method());
        unknown(expression.getAST(), known).ifPresent(name -> {
            throw ConfigException.of(
                    place.setting("key"),
                    text,
                    "the method has no parameter " + name + " (or its class was compiled without -parameters)",
                    "Name one of its parameters, or its place: #p0");
        });
        return Optional.of(new KeyExpression(place, expression, beans));
    }

    /**
     * {@code name} and the value of the expression.
     *
     * @throws IllegalArgumentException if it has none that could be part of a name
     */
    Key appendTo(Key name, Object target, @Nullable Object[] arguments) {
        MethodBasedEvaluationContext context =
                new MethodBasedEvaluationContext(new Call(method, target, arguments), method, arguments, NAMES);
        context.setBeanResolver(beans);
        try {
            return NameParts.append(name, expression.getValue(context), what);
        } catch (EvaluationException e) {
            throw new IllegalArgumentException(what + " has no value: " + e.getMessage(), e);
        }
    }

    // What an expression does not know is null to it: better to hear of a slip when the application starts.
    private static Optional<String> unknown(SpelNode node, Set<String> known) {
        if (node instanceof VariableReference variable && !known.contains(variable.toStringAST())) {
            return Optional.of(variable.toStringAST());
        }
        return IntStream.range(0, node.getChildCount())
                .mapToObj(i -> unknown(node.getChild(i), known))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Set<String> variables(Method method) {
        Set<String> names = new HashSet<>(Set.of("#root", "#this"));
        for (int i = 0; i < method.getParameterCount(); i++) {
            names.add("#p" + i);
            names.add("#a" + i);
        }
        @Nullable String[] parameters = NAMES.getParameterNames(method);
        if (parameters != null) {
            Stream.of(parameters).forEach(name -> names.add("#" + name));
        }
        return names;
    }
}
