package io.lumbung.service.link;

import io.lumbung.service.user.Link;
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

/** A user's links over HTTP; they are read with the user. */
@Tag(name = "links", description = "The links on a user's page")
@RestController
@RequestMapping(path = "/api/v1/users/{id}/links", produces = MediaType.APPLICATION_JSON_VALUE)
class LinkController {

    private final AddLink addLink;
    private final RemoveLink removeLink;

    LinkController(AddLink addLink, RemoveLink removeLink) {
        this.addLink = addLink;
        this.removeLink = removeLink;
    }

    @Operation(summary = "Add a link", description = "A user may have up to 100.")
    @ApiResponse(responseCode = "201", description = "The link is on the page.")
    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<Answer<Link>> add(@PathVariable UUID id, @Valid @RequestBody LinkInput input) {
        Link link = addLink.add(id, input);
        return ResponseEntity.created(URI.create("/api/v1/users/" + id + "/links/" + link.id()))
                .body(new Answer<>("Link created successfully", link));
    }

    @Operation(summary = "Remove a link")
    @ApiResponse(responseCode = "200", description = "The link is gone.")
    @DeleteMapping("/{linkId}")
    Answer<Removed> remove(@PathVariable UUID id, @PathVariable UUID linkId) {
        return new Answer<>("Link deleted successfully", removeLink.remove(id, linkId));
    }
}
