package io.lumbung.spring.lock;

import io.lumbung.error.StoreException;
import io.lumbung.error.StoreRefusedException;
import io.lumbung.lock.Locks;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.support.AopUtils;

/** Runs {@link OnOneInstance} methods if it is our turn. */
final class OneInstanceInterceptor implements MethodInterceptor {
    private static final Logger LOG = LoggerFactory.getLogger("io.lumbung.lock");

    private final AnnotatedMethods<OnOneInstance, OneInstanceTask> methods;
    private final Supplier<Locks> locks;

    OneInstanceInterceptor(AnnotatedMethods<OnOneInstance, OneInstanceTask> methods, Supplier<Locks> locks) {
        this.methods = methods;
        this.locks = locks;
    }

    @Override
    public @Nullable Object invoke(MethodInvocation call) throws Throwable {
        Object target = Objects.requireNonNull(call.getThis(), "a proxy without a target");
        OneInstanceTask task =
                methods.of(call.getMethod(), AopUtils.getTargetClass(target)).orElseThrow();
        Locks all = locks.get();
        AtomicBoolean begun = new AtomicBoolean();
        try {
            boolean ours = all.lock(task.name()).<Exception>runOnce(task.atMost(), task.atLeast(), lease -> {
                begun.set(true);
                task.down().set(false);
                CurrentLease.within(all, lease, call::proceed);
            });
            task.down().set(false);
            if (!ours) {
                LOG.debug("task {}: another instance runs it, or has just run it", task.name());
            }
        } catch (StoreRefusedException e) {
            throw e;
        } catch (StoreException e) {
            if (begun.get()) {
                throw e;
            }
            tellOnce(task, e);
        }
        return null;
    }

    private static void tellOnce(OneInstanceTask task, StoreException e) {
        if (task.down().compareAndSet(false, true)) {
            LOG.warn(
                    "task {}: not run, and not before Redis answers again, so that no two instances run it: {}",
                    task.name(),
                    e.getMessage());
        } else {
            LOG.debug("task {}: not run, Redis does not answer", task.name(), e);
        }
    }
}
