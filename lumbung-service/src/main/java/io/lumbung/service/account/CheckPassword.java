package io.lumbung.service.account;

import io.lumbung.service.account.CredentialStore.Credentials;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Service;

/** Says who somebody is by handle and password. */
@Service
class CheckPassword {

    private final CredentialStore credentials;
    private final Passwords passwords;

    CheckPassword(CredentialStore credentials, Passwords passwords) {
        this.credentials = credentials;
        this.passwords = passwords;
    }

    /** Empty if there is no such user or it is not their password; which of them, not even the time it takes tells. */
    Optional<UUID> check(LoginInput input) {
        Optional<Credentials> stored = credentials.find(input.handle());
        return passwords.matches(input.password(), stored.map(Credentials::passwordHash))
                ? stored.map(Credentials::user)
                : Optional.empty();
    }
}
