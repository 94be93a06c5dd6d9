package io.lumbung.service.account;

import io.lumbung.cache.Fetched;
import io.lumbung.service.user.ClaimHandle;
import io.lumbung.service.user.ReadUser;
import io.lumbung.service.user.User;
import io.lumbung.service.web.Answer;
import io.lumbung.service.web.CacheStatus;
import io.lumbung.service.web.ProblemCode;
import io.lumbung.service.web.ProblemException;
import io.lumbung.session.Session;
import io.lumbung.session.SessionId;
import io.lumbung.session.Sessions;
import io.lumbung.spring.ratelimit.RateLimited;
import io.lumbung.spring.session.CurrentSession;
import io.lumbung.spring.session.SessionCookies;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.validation.Valid;
import java.util.List;
import java.util.UUID;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What somebody who is logged in sees of themselves, and nobody else does. */
@Tag(name = "me", description = "Oneself: the user and the sessions of whoever is logged in")
@RestController
@RequestMapping(path = "/api/v1/me", produces = MediaType.APPLICATION_JSON_VALUE)
@RateLimited("user")
class MeController {

    private final ReadUser users;
    private final ClaimHandle claimHandle;
    private final Sessions sessions;
    private final SessionCookies cookies;

    MeController(ReadUser users, ClaimHandle claimHandle, Sessions sessions, SessionCookies cookies) {
        this.users = users;
        this.claimHandle = claimHandle;
        this.sessions = sessions;
        this.cookies = cookies;
    }

    /** The sessions of one user, last used first. */
    record OwnSessions(List<OwnSession> data) {
        OwnSessions {
            data = List.copyOf(data);
        }
    }

    @Operation(summary = "Read oneself")
    @ApiResponse(responseCode = "200", description = "The user who is logged in.")
    @GetMapping
    ResponseEntity<User> me(CurrentSession current) {
        Session session = Callers.session(current);
        Fetched<User> user = users.read(Callers.user(session).orElseThrow());
        return personal()
                .header(CacheStatus.HEADER, CacheStatus.of(user.source()))
                .body(user.value().orElseThrow(AccountProblems::notLoggedIn));
    }

    @Operation(
            summary = "Claim a handle",
            description =
                    "Of several who claim it at once one gets it. The handle one had is free for anybody from then on;"
                            + " page and sessions stay, because neither hangs on the handle.")
    @ApiResponse(responseCode = "200", description = "The user who has it now.")
    @PutMapping(path = "/handle", consumes = MediaType.APPLICATION_JSON_VALUE)
    Answer<User> claim(@Valid @RequestBody HandleInput input, CurrentSession current) {
        UUID user = Callers.user(Callers.session(current)).orElseThrow();
        return new Answer<>(
                "Handle claimed successfully",
                claimHandle.claim(user, input.handle()).orElseThrow(AccountProblems::notLoggedIn));
    }

    @Operation(summary = "List one's sessions", description = "Last used first; `current` is the one that asks.")
    @ApiResponse(responseCode = "200", description = "Where one is logged in.")
    @GetMapping("/sessions")
    ResponseEntity<OwnSessions> list(CurrentSession current) {
        Session session = Callers.session(current);
        List<OwnSession> own = sessions.list(session.user().orElseThrow()).stream()
                .map(one -> OwnSession.of(one, session.id()))
                .toList();
        return personal().body(new OwnSessions(own));
    }

    @Operation(summary = "End one of one's sessions", description = "The current one, too: that is a logout.")
    @ApiResponse(responseCode = "200", description = "Nobody gets in by it any more.")
    @DeleteMapping("/sessions/{sessionId}")
    Answer<Ended> end(
            @Parameter(description = "Its id in the list.") @PathVariable String sessionId,
            CurrentSession current,
            HttpServletRequest request,
            HttpServletResponse response) {
        Session session = Callers.session(current);
        SessionId id = id(sessionId);
        boolean ended = id.equals(session.id())
                ? cookies.logout(request, response)
                : sessions.destroy(session.user().orElseThrow(), id);
        if (!ended) {
            throw AccountProblems.noSuchSession(sessionId);
        }
        return new Answer<>("Session ended successfully", new Ended(1));
    }

    @Operation(summary = "End all of one's sessions", description = "Logs out everywhere, here too.")
    @ApiResponse(responseCode = "200", description = "How many there were; the cookie is cleared.")
    @DeleteMapping("/sessions")
    Answer<Ended> endAll(CurrentSession current, HttpServletRequest request, HttpServletResponse response) {
        long ended = sessions.destroyAll(Callers.session(current).user().orElseThrow());
        cookies.logout(request, response);
        return new Answer<>("Logged out everywhere successfully", new Ended(ended));
    }

    private static SessionId id(String text) {
        try {
            return new SessionId(text);
        } catch (IllegalArgumentException notOne) {
            throw new ProblemException(
                    ProblemCode.INVALID_PARAMETER,
                    "sessionId",
                    "must be 22 letters, digits, '-' and '_', as in the list");
        }
    }

    /** An answer for one person, which no cache on the way may keep. */
    private static ResponseEntity.BodyBuilder personal() {
        return ResponseEntity.ok().cacheControl(CacheControl.noStore());
    }
}
