package io.lumbung.service.user;

import io.lumbung.cache.Fetched;
import io.lumbung.service.web.Answer;
import io.lumbung.service.web.CacheStatus;
import io.lumbung.service.web.Page;
import io.lumbung.service.web.PlainText;
import io.lumbung.service.web.Removed;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import java.util.UUID;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Users over HTTP. */
@Tag(name = "users", description = "Who has a page here; reading is free, a page is changed by its owner")
@RestController
@RequestMapping(path = "/api/v1/users", produces = MediaType.APPLICATION_JSON_VALUE)
class UserController {

    private final ReadUser readUser;
    private final ListUsers listUsers;
    private final ChangeUser changeUser;
    private final RemoveUser removeUser;

    UserController(ReadUser readUser, ListUsers listUsers, ChangeUser changeUser, RemoveUser removeUser) {
        this.readUser = readUser;
        this.listUsers = listUsers;
        this.changeUser = changeUser;
        this.removeUser = removeUser;
    }

    @Operation(summary = "Read a user", description = "The user itself, with links and social profiles.")
    @ApiResponse(responseCode = "200", description = "The user.")
    @GetMapping("/{id}")
    User read(@PathVariable UUID id, HttpServletResponse response) {
        return told(readUser.read(id), response).value().orElseThrow(() -> UserProblems.notFound(id));
    }

    @Operation(summary = "List users", description = "Oldest first; the order is stable.")
    @ApiResponse(responseCode = "200", description = "One page and the number of all users found.")
    @GetMapping
    Page<User> list(
            @Parameter(description = "A part of handle or name, in any case; empty finds everybody.")
                    @RequestParam(defaultValue = "")
                    @Size(max = 100, message = "must be at most 100 characters")
                    @PlainText
                    String search,
            @Parameter(description = "Which page, from 1.")
                    @RequestParam(defaultValue = "1")
                    @Min(value = 1, message = "must be at least 1")
                    int page,
            @Parameter(description = "Users on a page, 1 to 100.")
                    @RequestParam(defaultValue = "10")
                    @Min(value = 1, message = "must be 1 to 100")
                    @Max(value = 100, message = "must be 1 to 100")
                    int limit,
            HttpServletResponse response) {
        return told(listUsers.list(new UserQuery(search, page, limit)), response)
                .value()
                .orElseThrow();
    }

    @Operation(
            summary = "Change a user",
            description =
                    "Replaces handle, name, e-mail address and bio; without a bio there is none afterwards. Another"
                            + " handle is claimed as `PUT /api/v1/me/handle` does.")
    @ApiResponse(responseCode = "200", description = "The user as stored now.")
    @PutMapping(path = "/{id}", consumes = MediaType.APPLICATION_JSON_VALUE)
    Answer<User> change(@PathVariable UUID id, @Valid @RequestBody UserInput input) {
        return new Answer<>("User updated successfully", changeUser.change(id, input));
    }

    @Operation(summary = "Remove a user", description = "Links and social profiles go too, and all sessions end.")
    @ApiResponse(responseCode = "200", description = "The user is gone.")
    @DeleteMapping("/{id}")
    Answer<Removed> remove(@PathVariable UUID id) {
        removeUser.remove(id);
        return new Answer<>("User deleted successfully", new Removed(id));
    }

    /** Says where an answer comes from, also when it is that there is nobody. */
    private static <T> Fetched<T> told(Fetched<T> fetched, HttpServletResponse response) {
        response.setHeader(CacheStatus.HEADER, CacheStatus.of(fetched.source()));
        return fetched;
    }
}
