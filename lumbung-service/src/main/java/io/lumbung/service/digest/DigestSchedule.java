package io.lumbung.service.digest;

import io.lumbung.service.environment.SettingException;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.config.ScheduledTaskRegistrar;

/**
 * When digests are written: once at the start, to make up for what was missed, and then as soon as a period has settled, which
 * is the same moment on all instances.
 */
@Configuration(proxyBeanMethods = false)
@EnableScheduling
class DigestSchedule {

    private static final String EVERY = "lumbung.service.digest.every";

    @Bean
    static Rhythm digestRhythm(@Value("${" + EVERY + ":1h}") Duration every) {
        try {
            return new Rhythm(every);
        } catch (IllegalArgumentException wrong) {
            throw new SettingException(EVERY + ": " + wrong.getMessage(), "Set " + EVERY + " to a time such as 1h.");
        }
    }

    /** A trigger instead of a cron expression: periods and times to look come from the one setting. */
    @Bean
    static SchedulingConfigurer digestTask(WriteDigests digests, Rhythm rhythm) {
        return (ScheduledTaskRegistrar tasks) -> tasks.addTriggerTask(
                digests::writeDue,
                context -> context.lastCompletion() == null
                        ? context.getClock().instant()
                        : rhythm.next(context.getClock().instant()));
    }
}
