package io.lumbung.service.handle;

import io.lumbung.error.LeaseLostException;
import io.lumbung.error.StoreException;
import io.lumbung.key.Key;
import io.lumbung.lock.Lease;
import io.lumbung.lock.Locks;
import java.time.Duration;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.stereotype.Component;

/**
 * The one door for giving a user another handle: one claim of a handle at a time, over all instances.
 *
 * <p>Three things look after a handle, each for what the one before it cannot do. The lock lets one claim work and the others
 * wait, so that they find out in turn and not in a heap of failed transactions. The lease's fence, checked in the transaction
 * that writes, stops a claim that slept through the end of its lease. And the unique index has the last word about whose a
 * handle is, also against registrations, which take no lock because they go on without Redis.
 */
@Component
public class HandleClaims {

    /** Longer than a claim may take: three seconds for a connection, five for a statement. */
    private static final Duration LEASE = Duration.ofSeconds(10);

    private static final Duration WAIT = Duration.ofSeconds(1);
    private static final Logger log = LoggerFactory.getLogger(HandleClaims.class);

    private final Locks locks;

    HandleClaims(Locks locks) {
        this.locks = locks;
    }

    /**
     * Does {@code write} while nobody else claims {@code handle}; waits a second for that.
     *
     * @param handle as it is stored, so that one handle has one lock
     * @param write one transaction, which checks the fence of the lease before anything else
     * @throws io.lumbung.service.web.ProblemException if somebody else is at it, came by meanwhile, or Redis does not answer:
     *     nothing was written
     */
    public <T> T claim(String handle, Function<Lease, T> write) {
        // A transaction that was let in and committed stands, however late: so nothing asks afterwards whether the
        // lease lasted.
        try (Lease lease = lease(handle)) {
            return write.apply(lease);
        } catch (LeaseLostException overtaken) {
            log.warn("a claim of the handle '{}' came too late and wrote nothing: {}", handle, overtaken.getMessage());
            throw HandleProblems.overtaken();
        } catch (ConcurrencyFailureException crossing) {
            // A claim before this one is asleep; or two users swap their handles, and the database ends one of the two.
            log.debug("a claim of the handle '{}' waited for another one in vain: {}", handle, crossing.getMessage());
            throw HandleProblems.busy();
        }
    }

    private Lease lease(String handle) {
        try {
            return locks.lock(Key.of("handle", handle)).acquire(LEASE, WAIT).orElseThrow(HandleProblems::busy);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw HandleProblems.busy();
        } catch (StoreException away) {
            log.warn("nobody can claim the handle '{}': {}", handle, away.getMessage());
            throw HandleProblems.noLocks();
        }
    }
}
