package io.lumbung.service.account;

import io.lumbung.error.StoreException;
import io.lumbung.service.user.ReadUser;
import io.lumbung.service.user.User;
import io.lumbung.service.web.Answer;
import io.lumbung.session.CreateResult;
import io.lumbung.session.NewSession;
import io.lumbung.session.Sessions;
import io.lumbung.spring.session.SessionCookies;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.validation.Valid;
import java.net.URI;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Registering, logging in and logging out over HTTP. The session's token goes into the cookie and nowhere else; each login
 * makes a new one and ends the session that the request brought.
 */
@Tag(name = "auth", description = "Registering, logging in and logging out")
@RestController
@RequestMapping(path = "/api/v1/auth", produces = MediaType.APPLICATION_JSON_VALUE)
class AuthController {

    private static final Logger log = LoggerFactory.getLogger(AuthController.class);

    private final OpenAccount openAccount;
    private final CheckPassword checkPassword;
    private final ReadUser users;
    private final SessionCookies cookies;
    private final Sessions sessions;

    AuthController(
            OpenAccount openAccount,
            CheckPassword checkPassword,
            ReadUser users,
            SessionCookies cookies,
            Sessions sessions) {
        this.openAccount = openAccount;
        this.checkPassword = checkPassword;
        this.users = users;
        this.cookies = cookies;
        this.sessions = sessions;
    }

    @Operation(
            summary = "Register",
            description = "Makes a user and logs them in. Handle and e-mail address must be free, whatever their case.")
    @ApiResponse(responseCode = "201", description = "The user exists now; Location says where. The cookie is set.")
    @PostMapping(path = "/register", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<Answer<User>> register(
            @Valid @RequestBody RegisterInput input, HttpServletRequest request, HttpServletResponse response) {
        User user = openAccount.open(input);
        return ResponseEntity.created(URI.create("/api/v1/users/" + user.id()))
                .body(new Answer<>(welcome(user, request, response), user));
    }

    /** The user is there, so the answer is that they are; without a session they log in later. */
    private String welcome(User user, HttpServletRequest request, HttpServletResponse response) {
        try {
            if (cookies.login(request, response, session(user.id())) instanceof CreateResult.Created) {
                return "User created successfully";
            }
        } catch (StoreException away) {
            log.warn("user {} is registered and not logged in: {}", user.id(), away.getMessage());
        }
        return "User created successfully; log in when sessions can be kept again";
    }

    @Operation(
            summary = "Log in",
            description = "Makes a new session and sets its cookie; the session that the request brought ends.")
    @ApiResponse(responseCode = "200", description = "The user; the cookie is set.")
    @PostMapping(path = "/login", consumes = MediaType.APPLICATION_JSON_VALUE)
    Answer<User> login(@Valid @RequestBody LoginInput input, HttpServletRequest request, HttpServletResponse response) {
        UUID id = checkPassword.check(input).orElseThrow(AccountProblems::wrongCredentials);
        if (cookies.login(request, response, session(id)) instanceof CreateResult.Rejected) {
            throw AccountProblems.tooManySessions(sessions.policy());
        }
        // Whoever was removed since the password was looked at has this session left, or else it ended with them.
        User user = users.readNow(id).orElseThrow(() -> {
            cookies.logout(request, response);
            return AccountProblems.wrongCredentials();
        });
        log.debug("user {} logged in", id);
        return new Answer<>("Logged in successfully", user);
    }

    @Operation(summary = "Log out", description = "Ends the session and clears its cookie; no error without one.")
    @ApiResponse(responseCode = "200", description = "There is no such session any more.")
    @PostMapping("/logout")
    Answer<Ended> logout(HttpServletRequest request, HttpServletResponse response) {
        return new Answer<>("Logged out successfully", new Ended(cookies.logout(request, response) ? 1 : 0));
    }

    private static NewSession session(UUID user) {
        return NewSession.of(user.toString());
    }
}
