package io.lumbung.service.web;

import io.lumbung.error.StoreException;
import io.lumbung.service.web.Problem.Violation;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.context.MessageSourceResolvable;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.transaction.TransactionException;
import org.springframework.validation.FieldError;
import org.springframework.validation.method.ParameterErrors;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/** Turns every exception that reaches the web layer into a {@link Problem} that tells the caller enough and no more. */
@RestControllerAdvice
final class ProblemAdvice extends ResponseEntityExceptionHandler {

    private static final Logger log = LoggerFactory.getLogger(ProblemAdvice.class);
    private static final int LONGEST_ECHO = 64;

    @ExceptionHandler
    ResponseEntity<Object> refused(ProblemException refusal, HttpServletRequest request) {
        Problem problem = refusal.field().isEmpty()
                ? Problem.of(refusal.code(), refusal.detail(), request.getRequestURI())
                : Problem.of(
                        refusal.code(),
                        List.of(new Violation(refusal.field(), refusal.detail())),
                        request.getRequestURI());
        HttpHeaders headers = new HttpHeaders();
        if (refusal.code().status() == HttpStatus.UNAUTHORIZED) {
            // HTTP wants a 401 to say how; a way they do not know makes browsers ask nobody.
            headers.set(HttpHeaders.WWW_AUTHENTICATE, "Cookie realm=\"lumbung\"");
        }
        if (!refusal.retryAfter().isZero()) {
            headers.set(
                    HttpHeaders.RETRY_AFTER, Long.toString(refusal.retryAfter().toSeconds()));
        }
        return problem.answer(headers);
    }

    @ExceptionHandler({
        DataAccessResourceFailureException.class,
        TransientDataAccessException.class,
        TransactionException.class
    })
    ResponseEntity<Object> databaseDown(Exception failure, HttpServletRequest request) {
        log.error("{} {}: the database does not answer", request.getMethod(), request.getRequestURI(), failure);
        HttpHeaders headers = new HttpHeaders();
        headers.set(HttpHeaders.RETRY_AFTER, "2");
        return Problem.of(
                        ProblemCode.DATABASE_UNAVAILABLE,
                        "the database does not answer; try again in a moment",
                        request.getRequestURI())
                .answer(headers);
    }

    @ExceptionHandler
    ResponseEntity<Object> unexpected(Exception failure, HttpServletRequest request) {
        if (failure instanceof StoreException redisDown) {
            // The starter's filter answers 503: whoever asks is not logged out by that.
            throw redisDown;
        }
        String incident = UUID.randomUUID().toString();
        log.error("{} {}: incident {}", request.getMethod(), request.getRequestURI(), incident, failure);
        return Problem.of(
                        ProblemCode.INTERNAL_ERROR,
                        "the request could not be finished; the log knows it as incident " + incident,
                        request.getRequestURI())
                .answer(HttpHeaders.EMPTY);
    }

    @Override
    protected ResponseEntity<Object> handleMethodArgumentNotValid(
            MethodArgumentNotValidException invalid, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        return Problem.of(ProblemCode.VALIDATION_FAILED, violations(invalid.getFieldErrors()), instance(request))
                .answer(headers);
    }

    @Override
    protected ResponseEntity<Object> handleHandlerMethodValidationException(
            HandlerMethodValidationException invalid, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        List<Violation> violations = new ArrayList<>();
        invalid.getBeanResults().stream()
                .map(ParameterErrors::getFieldErrors)
                .map(ProblemAdvice::violations)
                .forEach(violations::addAll);
        invalid.getValueResults().forEach(result -> {
            String field = Optional.ofNullable(result.getMethodParameter().getParameterName())
                    .orElse("parameter");
            for (MessageSourceResolvable error : result.getResolvableErrors()) {
                violations.add(new Violation(field, sentence(error.getDefaultMessage(), result.getArgument())));
            }
        });
        return Problem.of(ProblemCode.VALIDATION_FAILED, violations, instance(request))
                .answer(headers);
    }

    @Override
    protected ResponseEntity<Object> handleTypeMismatch(
            TypeMismatchException mismatch, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        String field = mismatch instanceof MethodArgumentTypeMismatchException argument
                ? argument.getName()
                : Optional.ofNullable(mismatch.getPropertyName()).orElse("parameter");
        Class<?> wanted = mismatch.getRequiredType();
        String form = UUID.class.equals(wanted)
                ? "a UUID such as 123e4567-e89b-12d3-a456-426614174000"
                : "a whole number of at most " + Integer.MAX_VALUE;
        String problem = "must be " + form + "; it is '" + echo(String.valueOf(mismatch.getValue())) + "'";
        return Problem.of(ProblemCode.INVALID_PARAMETER, List.of(new Violation(field, problem)), instance(request))
                .answer(headers);
    }

    @Override
    protected ResponseEntity<Object> handleMissingServletRequestParameter(
            MissingServletRequestParameterException missing,
            HttpHeaders headers,
            HttpStatusCode status,
            WebRequest request) {
        Violation violation = new Violation(missing.getParameterName(), "is missing");
        return Problem.of(ProblemCode.INVALID_PARAMETER, List.of(violation), instance(request))
                .answer(headers);
    }

    @Override
    protected ResponseEntity<Object> handleHttpMessageNotReadable(
            HttpMessageNotReadableException unreadable,
            HttpHeaders headers,
            HttpStatusCode status,
            WebRequest request) {
        return unreadable(unreadable, instance(request)).answer(headers);
    }

    private static Problem unreadable(HttpMessageNotReadableException unreadable, String instance) {
        Optional<BodyTooLargeException> tooLarge = cause(unreadable, BodyTooLargeException.class);
        if (tooLarge.isPresent()) {
            return Problem.of(ProblemCode.BODY_TOO_LARGE, tooLarge.get().detail(), instance);
        }
        Optional<UnrecognizedPropertyException> unknown = cause(unreadable, UnrecognizedPropertyException.class);
        if (unknown.isPresent()) {
            return Problem.of(ProblemCode.UNKNOWN_PROPERTY, List.of(unknownProperty(unknown.get())), instance);
        }
        Optional<StreamConstraintsException> monstrous = cause(unreadable, StreamConstraintsException.class);
        if (monstrous.isPresent()) {
            return Problem.of(
                    ProblemCode.MALFORMED_BODY,
                    "the body is nested too deeply or has too long a name or number",
                    instance);
        }
        Optional<DatabindException> mismatched = cause(unreadable, DatabindException.class);
        if (mismatched.isPresent()) {
            return mismatch(mismatched.get(), instance);
        }
        Optional<JacksonException> broken = cause(unreadable, JacksonException.class);
        String detail = broken.map(JacksonException::getLocation)
                .map(ProblemAdvice::place)
                .map(place -> "the body is not valid JSON " + place)
                .orElse("a JSON object is needed as the body");
        return Problem.of(ProblemCode.MALFORMED_BODY, detail, instance);
    }

    private static Violation unknownProperty(UnrecognizedPropertyException unknown) {
        Collection<Object> known =
                Optional.ofNullable(unknown.getKnownPropertyIds()).orElse(List.of());
        String names = known.stream().map(String::valueOf).sorted().collect(Collectors.joining(", "));
        return new Violation(echo(unknown.getPropertyName()), "is not a property of this body; known are: " + names);
    }

    private static Problem mismatch(DatabindException mismatch, String instance) {
        String field = mismatch.getPath().stream()
                .map(JacksonException.Reference::getPropertyName)
                .filter(name -> name != null)
                .map(ProblemAdvice::echo)
                .collect(Collectors.joining("."));
        if (field.isEmpty()) {
            return Problem.of(ProblemCode.MALFORMED_BODY, "the body must be one JSON object", instance);
        }
        Violation violation = new Violation(field, "has the wrong type: a JSON string is needed");
        return Problem.of(ProblemCode.VALIDATION_FAILED, List.of(violation), instance);
    }

    @Override
    protected ResponseEntity<Object> handleHttpRequestMethodNotSupported(
            HttpRequestMethodNotSupportedException wrong,
            HttpHeaders headers,
            HttpStatusCode status,
            WebRequest request) {
        return Problem.of(
                        ProblemCode.METHOD_NOT_ALLOWED,
                        echo(wrong.getMethod()) + " is not possible here; allowed: "
                                + headers.getAllow().stream()
                                        .map(Object::toString)
                                        .sorted()
                                        .collect(Collectors.joining(", ")),
                        instance(request))
                .answer(headers);
    }

    @Override
    protected ResponseEntity<Object> handleHttpMediaTypeNotSupported(
            HttpMediaTypeNotSupportedException wrong, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        String given = Optional.ofNullable(wrong.getContentType())
                .map(MediaType::toString)
                .map(type -> "'" + echo(type) + "'")
                .orElse("missing or unreadable");
        return Problem.of(
                        ProblemCode.UNSUPPORTED_MEDIA_TYPE,
                        "the content type must be application/json; it is " + given,
                        instance(request))
                .answer(headers);
    }

    /** Everything the methods above do not name: the status decides, and no text of an exception goes out. */
    @Override
    protected @Nullable ResponseEntity<Object> handleExceptionInternal(
            Exception failure, @Nullable Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        return ProblemStatus.problem(status.value(), instance(request)).answer(headers);
    }

    private static List<Violation> violations(List<FieldError> errors) {
        return errors.stream()
                .map(error ->
                        new Violation(error.getField(), sentence(error.getDefaultMessage(), error.getRejectedValue())))
                .toList();
    }

    private static String sentence(@Nullable String rule, @Nullable Object value) {
        String rules = String.valueOf(rule);
        if (value instanceof CharSequence text) {
            int length = text.length();
            return switch (length) {
                case 0 -> rules + "; it is missing or empty";
                case 1 -> rules + "; it has 1 character";
                default -> rules + "; it has " + length + " characters";
            };
        }
        return value instanceof Number number ? rules + "; it is " + number : rules;
    }

    private static String place(TokenStreamLocation location) {
        return "(line " + location.getLineNr() + ", column " + location.getColumnNr() + ")";
    }

    private static <T extends Throwable> Optional<T> cause(Throwable failure, Class<T> type) {
        for (Throwable next = failure; next != null; next = next.getCause()) {
            if (type.isInstance(next)) {
                return Optional.of(type.cast(next));
            }
        }
        return Optional.empty();
    }

    /** What a caller sent, short and harmless enough to be sent back. */
    private static String echo(String text) {
        String shown = text.codePoints()
                .limit(LONGEST_ECHO)
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return text.codePointCount(0, text.length()) > LONGEST_ECHO ? shown + "…" : shown;
    }

    private static String instance(WebRequest request) {
        return request instanceof ServletWebRequest servlet
                ? servlet.getRequest().getRequestURI()
                : request.getContextPath();
    }
}
