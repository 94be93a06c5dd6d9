package io.lumbung.spring.lock;

import io.lumbung.Lumbung;
import io.lumbung.key.Key;
import io.lumbung.lock.Locks;
import io.lumbung.spring.LumbungAutoConfiguration;
import java.util.function.UnaryOperator;
import org.springframework.aop.config.AopConfigUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.context.annotation.Role;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.integration.support.locks.LockRegistry;
import org.springframework.util.ClassUtils;

/**
 * {@link Locks} as a bean, {@link Locked} and {@link OnOneInstance} on methods of all beans, and Spring Integration's
 * {@link LockRegistry} if that is on the class path. Every bean steps back for one of the application's own.
 *
 * <p>There is no switch to turn the annotations off: a method that says it is locked is, or the application does not start.
 */
@AutoConfiguration(after = LumbungAutoConfiguration.class)
public final class LumbungLockAutoConfiguration {

    // Borrowed: it ends with Lumbung.
    @Bean(destroyMethod = "")
    @ConditionalOnBean(Lumbung.class)
    @ConditionalOnMissingBean
    Locks lumbungLocks(Lumbung lumbung) {
        return lumbung.locks();
    }

    /** The annotations. What they need is made at the first call: advisors are there before all other beans. */
    @Configuration(proxyBeanMethods = false)
    @Import(Proxies.class)
    static class Annotations {
        private static final String TRANSACTIONS =
                "org.springframework.transaction.support.TransactionSynchronizationManager";

        @Bean
        @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
        static LockAdvisor lumbungLockedAdvisor(ObjectProvider<Locks> locks, ConfigurableListableBeanFactory beans) {
            boolean transactional = ClassUtils.isPresent(TRANSACTIONS, beans.getBeanClassLoader());
            AnnotatedMethods<Locked, LockedMethod> methods = new AnnotatedMethods<>(Locked.class, (locked, place) -> {
                requireLocks(beans, place);
                return LockedMethod.read(locked, place, placeholders(beans), beans);
            });
            return new LockAdvisor(
                    methods,
                    new LockInterceptor(
                            methods, locks::getObject, transactional ? new SpringTransactions() : Transactions.NONE));
        }

        @Bean
        @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
        static LockAdvisor lumbungOneInstanceAdvisor(
                ObjectProvider<Locks> locks, ConfigurableListableBeanFactory beans) {
            AnnotatedMethods<OnOneInstance, OneInstanceTask> methods =
                    new AnnotatedMethods<>(OnOneInstance.class, (once, place) -> {
                        requireLocks(beans, place);
                        return OneInstanceTask.read(once, place, placeholders(beans));
                    });
            return new LockAdvisor(methods, new OneInstanceInterceptor(methods, locks::getObject));
        }

        private static UnaryOperator<String> placeholders(ConfigurableListableBeanFactory beans) {
            return text -> {
                String resolved = beans.resolveEmbeddedValue(text);
                return resolved == null ? "" : resolved;
            };
        }

        private static void requireLocks(ConfigurableListableBeanFactory beans, Place place) {
            if (beans.getBeanNamesForType(Locks.class, true, false).length == 0) {
                throw place.wrong(
                        "there are no locks, so nothing would keep others out",
                        "Remove lumbung.enabled=false, or make a bean of type " + Locks.class.getName());
            }
        }
    }

    /** What makes proxies for advisors; Boot has one unless it is told not to. */
    static final class Proxies implements ImportBeanDefinitionRegistrar {
        @Override
        public void registerBeanDefinitions(AnnotationMetadata importing, BeanDefinitionRegistry registry) {
            AopConfigUtils.registerAutoProxyCreatorIfNecessary(registry);
        }
    }

    /** Spring Integration. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(LockRegistry.class)
    @ConditionalOnBean(Lumbung.class)
    static class Integration {
        @Bean
        @ConditionalOnMissingBean(LockRegistry.class)
        LumbungLockRegistry lumbungLockRegistry(Locks locks) {
            return new LumbungLockRegistry(locks, Key.parse("integration"));
        }
    }
}
