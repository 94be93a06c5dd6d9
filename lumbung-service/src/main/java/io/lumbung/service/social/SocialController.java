package io.lumbung.service.social;

import io.lumbung.service.user.Social;
import io.lumbung.service.web.Answer;
import io.lumbung.service.web.Removed;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import java.net.URI;
import java.util.UUID;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** A user's social profiles over HTTP; they are read with the user. */
@Tag(name = "socials", description = "A user's profiles on other platforms")
@RestController
@RequestMapping(path = "/api/v1/users/{id}/socials", produces = MediaType.APPLICATION_JSON_VALUE)
class SocialController {

    private final AddSocial addSocial;
    private final RemoveSocial removeSocial;

    SocialController(AddSocial addSocial, RemoveSocial removeSocial) {
        this.addSocial = addSocial;
        this.removeSocial = removeSocial;
    }

    @Operation(summary = "Add a social profile", description = "A user may have up to 100.")
    @ApiResponse(responseCode = "201", description = "The profile is on the page.")
    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<Answer<Social>> add(@PathVariable UUID id, @Valid @RequestBody SocialInput input) {
        Social social = addSocial.add(id, input);
        return ResponseEntity.created(URI.create("/api/v1/users/" + id + "/socials/" + social.id()))
                .body(new Answer<>("Social created successfully", social));
    }

    @Operation(summary = "Remove a social profile")
    @ApiResponse(responseCode = "200", description = "The profile is gone.")
    @DeleteMapping("/{socialId}")
    Answer<Removed> remove(@PathVariable UUID id, @PathVariable UUID socialId) {
        return new Answer<>("Social deleted successfully", removeSocial.remove(id, socialId));
    }
}
