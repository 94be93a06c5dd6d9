package io.lumbung.service.digest;

import io.lumbung.service.web.ProblemCode;
import io.lumbung.service.web.ProblemException;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Digests over HTTP. */
@Tag(name = "digests", description = "What happened on all pages, period by period")
@RestController
@RequestMapping(path = "/api/v1/digests", produces = MediaType.APPLICATION_JSON_VALUE)
class DigestController {

    private final DigestStore digests;

    DigestController(DigestStore digests) {
        this.digests = digests;
    }

    @Operation(
            summary = "Read the latest digest",
            description = "Of the last period that has one; of all instances one writes it, and it says which.")
    @ApiResponse(responseCode = "200", description = "What happened in the period.")
    @GetMapping("/latest")
    Digest latest() {
        return digests.latest()
                .orElseThrow(() -> new ProblemException(
                        ProblemCode.DIGEST_NOT_FOUND, "the first one is written within a moment after the start"));
    }
}
