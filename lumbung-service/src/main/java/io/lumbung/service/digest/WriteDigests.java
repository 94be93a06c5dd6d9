package io.lumbung.service.digest;

import io.lumbung.error.LeaseLostException;
import io.lumbung.error.StoreException;
import io.lumbung.lock.DistributedLock;
import io.lumbung.lock.Lease;
import io.lumbung.lock.Locks;
import io.lumbung.service.database.Fences;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Writes the digests that are due: every instance comes here at the same time, and one of them does it.
 *
 * <p>The lock lets one of them through; the fence in the transaction stops one that slept and comes too late; and the period
 * is the key of the table. What was missed, because nobody ran or Redis was away, is made up for at the next time.
 */
@Service
class WriteDigests {

    private static final Logger log = LoggerFactory.getLogger(WriteDigests.class);

    private final DistributedLock lock;
    private final Fences fences;
    private final TransactionOperations transaction;
    private final DigestStore digests;
    private final Rhythm rhythm;
    private final Clock clock = Clock.systemUTC();
    private final String instance = "instance-" + UUID.randomUUID().toString().substring(0, 8);

    WriteDigests(
            Locks locks, Fences fences, PlatformTransactionManager transactions, DigestStore digests, Rhythm rhythm) {
        this.lock = locks.lock("digest");
        this.fences = fences;
        this.transaction = new TransactionTemplate(transactions);
        this.digests = digests;
        this.rhythm = rhythm;
    }

    /** What this instance calls itself: made up at its start, and saying nothing about where it runs. */
    String instance() {
        return instance;
    }

    /** Returns whether it was this instance's turn, and what it wrote is there. Never throws because of Redis or PostgreSQL. */
    boolean writeDue() {
        try {
            Duration atLeast = rhythm.lockAtLeastFor(clock.instant());
            return lock.runOnce(rhythm.ttl(), atLeast, this::write);
        } catch (StoreException away) {
            log.warn("no digest this time: {}", away.getMessage());
        } catch (LeaseLostException overtaken) {
            log.warn("another instance may have written the digest: {}", overtaken.getMessage());
        } catch (DataAccessException | TransactionException failure) {
            log.error("no digest this time: the database does not answer", failure);
        }
        return false;
    }

    private void write(Lease lease) {
        transaction.executeWithoutResult(status -> {
            fences.admit(lease);
            Instant now = digests.now();
            for (Period period : rhythm.due(now, digests.writtenUntil())) {
                digests.insert(period, instance);
                log.info("{} writes the digest of {} to {}", instance, period.start(), period.end());
            }
        });
    }
}
