package io.lumbung.spring;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Matches where nobody said which Redis to use. */
final class OnRedisNotMentioned extends SpringBootCondition {
    @Override
    public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
        ConditionMessage.Builder message = ConditionMessage.forCondition("Redis not mentioned");
        boolean mentioned = context.getEnvironment() instanceof ConfigurableEnvironment environment
                && new SpringSettings(environment).mentionRedis();
        return mentioned
                ? ConditionOutcome.noMatch(message.because("a setting says where Redis is"))
                : ConditionOutcome.match(message.because(
                        "none of REDIS_URL, REDIS_HOST, lumbung.redis.* and spring.data.redis.* is set"));
    }
}
