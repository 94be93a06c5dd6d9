package io.lumbung.service.web;

import java.util.Locale;
import org.springframework.http.HttpStatus;

/** The stable names of everything that can be wrong with a request; clients switch on these, never on texts. */
public enum ProblemCode {
    VALIDATION_FAILED(HttpStatus.BAD_REQUEST, "A value is not acceptable"),
    MALFORMED_BODY(HttpStatus.BAD_REQUEST, "The body cannot be read"),
    UNKNOWN_PROPERTY(HttpStatus.BAD_REQUEST, "The body has a property nobody knows"),
    INVALID_PARAMETER(HttpStatus.BAD_REQUEST, "A part of the address is not acceptable"),
    MALFORMED_REQUEST(HttpStatus.BAD_REQUEST, "The request cannot be read"),
    NOT_LOGGED_IN(HttpStatus.UNAUTHORIZED, "Nobody is logged in"),
    WRONG_CREDENTIALS(HttpStatus.UNAUTHORIZED, "Handle or password are wrong"),
    NOT_YOURS(HttpStatus.FORBIDDEN, "This belongs to somebody else"),
    RESOURCE_NOT_FOUND(HttpStatus.NOT_FOUND, "There is nothing at this address"),
    USER_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such user"),
    LINK_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such link"),
    SOCIAL_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such social profile"),
    DIGEST_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no digest yet"),
    SESSION_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such session"),
    METHOD_NOT_ALLOWED(HttpStatus.METHOD_NOT_ALLOWED, "This address does not answer to this method"),
    NOT_ACCEPTABLE(HttpStatus.NOT_ACCEPTABLE, "No acceptable form of the answer exists"),
    HANDLE_TAKEN(HttpStatus.CONFLICT, "The handle is taken"),
    HANDLE_BUSY(HttpStatus.CONFLICT, "Somebody else is claiming the handle"),
    EMAIL_TAKEN(HttpStatus.CONFLICT, "The e-mail address is taken"),
    TOO_MANY_LINKS(HttpStatus.CONFLICT, "The user has as many links as allowed"),
    TOO_MANY_SOCIALS(HttpStatus.CONFLICT, "The user has as many social profiles as allowed"),
    TOO_MANY_SESSIONS(HttpStatus.CONFLICT, "The user is logged in as often as allowed"),
    BODY_TOO_LARGE(HttpStatus.CONTENT_TOO_LARGE, "The body is too large"),
    UNSUPPORTED_MEDIA_TYPE(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "The body has the wrong content type"),
    /** Written by the starter's filter, before the request gets here. */
    RATE_LIMITED(HttpStatus.TOO_MANY_REQUESTS, "Too many requests"),
    REQUEST_REFUSED(HttpStatus.BAD_REQUEST, "The request was refused"),
    INTERNAL_ERROR(HttpStatus.INTERNAL_SERVER_ERROR, "Something went wrong on our side"),
    DATABASE_UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE, "The database does not answer"),
    LOCK_STORE_UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE, "Locks cannot be taken just now"),
    /** Written by the starter's filter, around everything that reads sessions. */
    SESSION_STORE_UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE, "Sessions cannot be read just now");

    private final HttpStatus status;
    private final String title;

    ProblemCode(HttpStatus status, String title) {
        this.status = status;
        this.title = title;
    }

    /** The HTTP status this problem is answered with. */
    public HttpStatus status() {
        return status;
    }

    /** The same short sentence for every occurrence. */
    public String title() {
        return title;
    }

    /** The problem's name as a URI, the {@code type} of RFC 9457. */
    public String type() {
        return "urn:lumbung:problem:" + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
