package io.lumbung.service.web;

import java.util.List;

/** The problem behind a bare HTTP status, for refusals that come from the server below the controllers. */
final class ProblemStatus {

    private ProblemStatus() {}

    static Problem problem(int status, String instance) {
        return switch (status) {
            case 400 -> Problem.of(ProblemCode.MALFORMED_REQUEST, "the request breaks the rules of HTTP", instance);
            case 404 ->
                Problem.of(ProblemCode.RESOURCE_NOT_FOUND, "the endpoints are listed at /swagger-ui.html", instance);
            case 405 -> Problem.of(ProblemCode.METHOD_NOT_ALLOWED, "this method is not possible here", instance);
            case 406 ->
                Problem.of(ProblemCode.NOT_ACCEPTABLE, "answers are application/json; Accept must allow it", instance);
            case 413 -> Problem.of(ProblemCode.BODY_TOO_LARGE, "the body is larger than allowed", instance);
            case 415 ->
                Problem.of(ProblemCode.UNSUPPORTED_MEDIA_TYPE, "the content type must be application/json", instance);
            default -> other(status, instance);
        };
    }

    private static Problem other(int status, String instance) {
        ProblemCode code = status >= 500 ? ProblemCode.INTERNAL_ERROR : ProblemCode.REQUEST_REFUSED;
        String detail = status >= 500 ? "the request could not be finished" : "the server refused the request";
        return new Problem(code.type(), code.title(), status, detail, instance, code.name(), List.of());
    }
}
