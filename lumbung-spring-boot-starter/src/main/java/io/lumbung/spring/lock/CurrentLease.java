package io.lumbung.spring.lock;

import io.lumbung.key.Key;
import io.lumbung.lock.Lease;
import io.lumbung.lock.Locks;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The lease that a {@link Locked} or {@link OnOneInstance} method runs under, for its fence. It belongs to the thread the method was
 * called on, for as long as the call lasts; hand the {@link Lease} itself to other threads. It is given back for you.
 */
public final class CurrentLease {
    private static final ThreadLocal<@Nullable Frame> INNERMOST = new ThreadLocal<>();

    private CurrentLease() {}

    /** One call on this thread's stack. Two applications in one process may have locks of one name. */
    private record Frame(Locks locks, Lease lease, @Nullable Frame outer) {}

    /** Work that may throw anything, as intercepted methods do. */
    interface Call {
        @Nullable
        Object proceed() throws Throwable;
    }

    /**
     * The lease of the innermost call.
     *
     * @throws IllegalStateException if there is none: the method was not called through its bean
     */
    public static Lease require() {
        return find().orElseThrow(
                        () -> new IllegalStateException("no lock is held here: @Locked and @OnOneInstance work"
                                + " on calls that come through the bean, not on those of its own methods"));
    }

    /** The lease of the innermost call, if there is one. */
    public static Optional<Lease> find() {
        return Optional.ofNullable(INNERMOST.get()).map(Frame::lease);
    }

    /** The lease of the innermost call under this lock. */
    static Optional<Lease> of(Locks locks, Key name) {
        for (Frame frame = INNERMOST.get(); frame != null; frame = frame.outer()) {
            if (frame.locks().equals(locks) && frame.lease().lock().equals(name)) {
                return Optional.of(frame.lease());
            }
        }
        return Optional.empty();
    }

    static @Nullable Object within(Locks locks, Lease lease, Call call) throws Exception {
        Frame outer = INNERMOST.get();
        INNERMOST.set(new Frame(locks, lease, outer));
        try {
            return call.proceed();
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("neither an exception nor an error", e);
        } finally {
            if (outer == null) {
                INNERMOST.remove();
            } else {
                INNERMOST.set(outer);
            }
        }
    }
}
