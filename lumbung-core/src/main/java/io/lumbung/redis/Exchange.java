package io.lumbung.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lumbung.error.Outcome;
import io.lumbung.error.StoreException;
import io.lumbung.error.StoreTimeoutException;
import io.lumbung.error.StoreUnavailableException;
import io.lumbung.observe.Observation;
import io.lumbung.observe.Observation.CallResult;
import io.lumbung.observe.Observer;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One command from sending to its outcome: the one place that decides what a failure means and whether the command is
 * sent again.
 *
 * <p>Sent again, within the deadline and at most as often as configured, is what the server said it did not do, and,
 * if the command is repeatable, what was cut on its way. A command that never left, because the link was down or the
 * circuit open when it came, fails at once.
 */
final class Exchange<T> implements Pending<T> {
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(8);

    private final Wire wire;
    private final Command<T> command;
    private final Deadline deadline;
    private final @Nullable Node only;
    private final int maxRetries;
    private final Observer observer;
    private final long started;

    private int repeats;
    private @Nullable Node node;
    private @Nullable WireCommand sent;
    private @Nullable StoreException refused;

    Exchange(Wire wire, Command<T> command, Deadline deadline, @Nullable Node only, int maxRetries, Observer observer) {
        this.wire = wire;
        this.command = command;
        this.deadline = deadline;
        this.only = only;
        this.maxRetries = maxRetries;
        this.observer = observer;
        this.started = isObserved() ? System.nanoTime() : 0;
    }

    /** Puts the command on its way, or knows why not. */
    Exchange<T> send() {
        Node target = only != null ? only : wire.node(command.key());
        node = target;
        sent = null;
        refused = null;
        if (deadline.isOver()) {
            refused = unavailable("no time was left to send it (" + millis(deadline.granted()) + ")", null);
        } else if (target == null) {
            refused = unavailable("no master is known for the slot of this key; the Cluster may be failing over", null);
        } else if (!target.breaker().permits()) {
            refused = unavailable(target.name() + " did not answer lately, and is not asked until it does", null);
        } else {
            dispatch(target, null);
        }
        return this;
    }

    @Override
    public T await() {
        StoreException doubt = null;
        while (true) {
            try {
                T result = reply();
                report(CallResult.OK);
                return result;
            } catch (StoreException e) {
                if (e.outcome() == Outcome.UNKNOWN) {
                    doubt = e;
                }
                if (!pauseBeforeRepeating(e)) {
                    StoreException end = doubt == null ? e : doubtful(doubt, e);
                    report(result(end));
                    throw end;
                }
                send();
            }
        }
    }

    /** That the last try was not done does not prove anything about an earlier one that may have been. */
    private static StoreException doubtful(StoreException doubt, StoreException last) {
        if (last != doubt) {
            doubt.addSuppressed(last);
        }
        return doubt;
    }

    /** @param source the script to send as text, or null to send the command as it is */
    private void dispatch(Node target, @Nullable Script<?> source) {
        if (only != null) {
            WireCommand next = fresh(source);
            sent = next;
            wire.dispatchTo(target, next);
            return;
        }
        // A connection that is just being made anew rejects at once: then another one takes the command.
        for (int turn = 0; turn < wire.width(command.lane()); turn++) {
            WireCommand next = fresh(source);
            sent = next;
            wire.dispatch(next, command.lane(), turn);
            if (!next.wasRejected()) {
                return;
            }
        }
    }

    private WireCommand fresh(@Nullable Script<?> source) {
        return source == null ? WireCommand.of(command) : WireCommand.withSource(command, source);
    }

    private T reply() {
        if (refused != null) {
            throw refused;
        }
        Node target = known(node);
        WireCommand waiting = known(sent);
        try {
            Object raw = waiting.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
            target.breaker().succeeded();
            return command.reader().apply(new Reply(raw));
        } catch (TimeoutException e) {
            waiting.cancel();
            target.breaker().failed();
            throw new StoreTimeoutException(
                    command.operation(),
                    command.keyText(),
                    "no reply from " + target.name() + " in " + millis(deadline.granted())
                            + "; it may have been executed, or may be yet",
                    null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            waiting.cancel();
            target.breaker().abandoned();
            throw new StoreTimeoutException(
                    command.operation(),
                    command.keyText(),
                    "interrupted while waiting for " + target.name() + "; it may have been executed",
                    e);
        } catch (ExecutionException e) {
            return afterFailure(target, waiting, e.getCause() == null ? e : e.getCause());
        } catch (CancellationException e) {
            return afterFailure(target, waiting, e);
        }
    }

    private T afterFailure(Node target, WireCommand failed, Throwable cause) {
        if (cause instanceof RedisCommandExecutionException && cause.getMessage() != null) {
            return afterErrorReply(target, cause.getMessage(), cause);
        }
        target.breaker().abandoned();
        if (failed.wasEncoded()) {
            throw new StoreTimeoutException(
                    command.operation(),
                    command.keyText(),
                    "the link to " + target.name() + " was cut before the reply; it may have been executed",
                    cause);
        }
        throw unavailable("it was not sent to " + target.name() + ": " + cause.getMessage(), cause);
    }

    private T afterErrorReply(Node target, String error, Throwable cause) {
        Script<T> script = command.script();
        if (script != null && ServerErrors.isNoScript(error)) {
            dispatch(target, script);
            return reply();
        }
        StoreException failure = ServerErrors.of(command, error, cause);
        if (failure instanceof StoreUnavailableException) {
            target.breaker().failed();
            wire.distrust(error);
        } else {
            target.breaker().succeeded();
        }
        throw failure;
    }

    private boolean pauseBeforeRepeating(StoreException failure) {
        boolean leftUs = sent != null && (known(sent).wasEncoded() || repeats > 0);
        boolean safe = failure.outcome() == Outcome.NOT_DONE || command.isRepeatable();
        boolean worthIt = failure instanceof StoreUnavailableException || failure instanceof StoreTimeoutException;
        if (!leftUs && repeats == 0 || !safe || !worthIt || repeats >= maxRetries) {
            return false;
        }
        long most = FIRST_PAUSE_NANOS << repeats;
        long pause = ThreadLocalRandom.current().nextLong(most / 2, most);
        if (deadline.remainingNanos() <= pause || Thread.currentThread().isInterrupted()) {
            return false;
        }
        repeats++;
        try {
            TimeUnit.NANOSECONDS.sleep(pause);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private StoreUnavailableException unavailable(String seen, @Nullable Throwable cause) {
        return new StoreUnavailableException(command.operation(), command.keyText(), seen, cause);
    }

    private void report(CallResult result) {
        if (isObserved()) {
            observer.observe(
                    new Observation.Call(command.operation(), result, Duration.ofNanos(System.nanoTime() - started)));
        }
    }

    @SuppressWarnings("ReferenceEquality")
    private boolean isObserved() {
        return observer != Observer.NONE;
    }

    private static CallResult result(StoreException e) {
        if (e instanceof StoreUnavailableException) {
            return CallResult.UNAVAILABLE;
        }
        return e instanceof StoreTimeoutException ? CallResult.TIMEOUT : CallResult.REFUSED;
    }

    private static String millis(Duration time) {
        return time.toMillis() + " ms";
    }

    private static <X> X known(@Nullable X value) {
        if (value == null) {
            throw new IllegalStateException("awaited before it was sent");
        }
        return value;
    }
}
