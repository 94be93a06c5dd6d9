package io.lumbung.spring.lock;

import io.lumbung.error.LockNotAcquiredException;
import io.lumbung.key.Key;
import io.lumbung.lock.DistributedLock;
import io.lumbung.lock.Lease;
import io.lumbung.lock.LockedWork;
import io.lumbung.lock.Locks;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;

/** Runs {@link Locked} methods under their locks. */
final class LockInterceptor implements MethodInterceptor {
    private final AnnotatedMethods<Locked, LockedMethod> methods;
    private final Supplier<Locks> locks;
    private final Transactions transactions;

    LockInterceptor(AnnotatedMethods<Locked, LockedMethod> methods, Supplier<Locks> locks, Transactions transactions) {
        this.methods = methods;
        this.locks = locks;
        this.transactions = transactions;
    }

    @Override
    public @Nullable Object invoke(MethodInvocation call) throws Throwable {
        Object target = Objects.requireNonNull(call.getThis(), "a proxy without a target");
        LockedMethod method =
                methods.of(call.getMethod(), AopUtils.getTargetClass(target)).orElseThrow();
        Key name = method.lock(target, call.getArguments());
        Locks all = locks.get();
        Optional<Lease> ours = CurrentLease.of(all, name).or(() -> transactions.held(all, name));
        return ours.isPresent() ? again(all, ours.get(), method, call) : locked(all, name, method, call);
    }

    private static @Nullable Object again(Locks all, Lease ours, LockedMethod method, MethodInvocation call)
            throws Exception {
        try (Lease again = ours.again()) {
            if (method.interruptOnLoss()) {
                again.interruptOnLoss();
            }
            Object result = CurrentLease.within(all, again, call::proceed);
            again.requireHeld();
            return result;
        }
    }

    private @Nullable Object locked(Locks all, Key name, LockedMethod method, MethodInvocation call) throws Exception {
        LockedWork<@Nullable Object, Exception> work = lease -> {
            if (method.keepRenewed()) {
                lease.keepRenewed();
            }
            if (method.interruptOnLoss()) {
                lease.interruptOnLoss();
            }
            transactions.keep(all, lease);
            return CurrentLease.within(all, lease, call::proceed);
        };
        DistributedLock lock = all.lock(name);
        Duration ttl = method.ttl().orElse(all.defaults().ttl());
        Duration wait = method.waitFor().orElse(all.defaults().maxWait());
        try {
            return wait.isZero() ? lock.call(ttl, work) : lock.call(ttl, wait, work);
        } catch (InterruptedException e) {
            if (method.mayBeInterrupted()) {
                throw e;
            }
            // The method does not declare it, so it was thrown by the wait, and callers could not catch it.
            Thread.currentThread().interrupt();
            LockNotAcquiredException refused =
                    new LockNotAcquiredException("interrupted while waiting for lock " + name + ", " + method.place());
            refused.addSuppressed(e);
            throw refused;
        }
    }
}
