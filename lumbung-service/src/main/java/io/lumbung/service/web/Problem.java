package io.lumbung.service.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Comparator;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/**
 * What was wrong, as {@code application/problem+json} (RFC 9457): the only form in which this service reports errors.
 *
 * @param type a URI naming the kind of problem
 * @param title the same short sentence for every problem of this kind
 * @param status the HTTP status
 * @param detail what was wrong this time, and the limit that was broken; never anything internal
 * @param instance the path that was asked for
 * @param code the stable name of the problem
 * @param errors every value that was wrong, by field; left out when no single value is to blame
 */
@Schema(name = "Problem", description = "What was wrong (RFC 9457); switch on `code`, show `detail`.")
public record Problem(
        @Schema(example = "urn:lumbung:problem:validation-failed")
        String type,

        @Schema(example = "A value is not acceptable") String title,

        @Schema(example = "400") int status,

        @Schema(example = "handle must be 3 to 30 characters of a-z, 0-9, '_', '.' and '-'; it has 2 characters")
        String detail,

        @Schema(example = "/api/v1/users") String instance,
        @Schema(example = "VALIDATION_FAILED") String code,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Violation> errors) {

    public Problem {
        errors = List.copyOf(errors);
    }

    /**
     * One value that was wrong.
     *
     * @param field the property, parameter or path variable
     * @param problem what is wrong with it and what would be right
     */
    @Schema(name = "Violation")
    public record Violation(
            @Schema(example = "handle") String field,

            @Schema(example = "must be 3 to 30 characters of a-z, 0-9, '_', '.' and '-'; it has 2 characters")
            String problem) {}

    static Problem of(ProblemCode code, String detail, String instance) {
        return new Problem(code.type(), code.title(), code.status().value(), detail, instance, code.name(), List.of());
    }

    static Problem of(ProblemCode code, List<Violation> errors, String instance) {
        List<Violation> sorted = errors.stream()
                .sorted(Comparator.comparing(Violation::field).thenComparing(Violation::problem))
                .toList();
        String detail = String.join(
                ". ",
                sorted.stream()
                        .map(error -> error.field() + " " + error.problem())
                        .toList());
        return new Problem(code.type(), code.title(), code.status().value(), detail, instance, code.name(), sorted);
    }

    ResponseEntity<Object> answer(HttpHeaders headers) {
        return ResponseEntity.status(status)
                .headers(headers)
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(this);
    }
}
